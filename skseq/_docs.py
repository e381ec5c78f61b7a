"""Where scikit-learn's HTML displays find the documentation of our estimators."""


class DocLinkMixin:
    """An estimator whose HTML display links to its page of the documentation site, and describes its parameters."""

    _doc_link_module = "skseq"
    _doc_link_template = "https://skseq.github.io/skseq/api/generated/{estimator_module}.{estimator_name}.html"
