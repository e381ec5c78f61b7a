"""Where scikit-learn's HTML displays find the documentation of our estimators."""


class DocLinkMixin:
    """An estimator whose parameters show their descriptions in scikit-learn's HTML displays."""

    _doc_link_module = "skseq"
    _doc_link_template = "#skseq.{estimator_name}"  # descriptions need a link: to the page itself until there is a site
