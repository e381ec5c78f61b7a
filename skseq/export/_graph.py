"""An ONNX graph that is written node by node, by the names of its tensors."""

import numpy as np

OPSET, IR_VERSION = 17, 8  # of ONNX 1.12 (2022), so that runtimes from then on read the file; nothing needs a later one


class Graph:
    """Nodes, constants, inputs and outputs of a graph; a tensor is its name.

    ``graph.add("Add", a, b)`` writes a node and gives the name of what it computes; arrays become constants. Several
    outputs come as a list.
    """

    def __init__(self, prefix=""):
        self.nodes, self.constants, self.inputs, self.outputs, self._n_names = [], [], [], [], 0
        self._prefix = prefix  # of all names: a graph inside another one sees the names of that, too

    def _name(self, kind):
        self._n_names += 1
        return f"{self._prefix}{kind.lower()}_{self._n_names}"

    def constant(self, value, name="constant"):
        """An array as a tensor; float64 arrays are meant to be float64 in the graph, too."""
        from onnx import numpy_helper

        name = self._name(name)
        self.constants.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def add(self, kind, *inputs, n_outputs=1, **attributes):
        """The output of a new node, or a list of its outputs. An input of None is left out."""
        from onnx import helper

        read = ["" if x is None else x if isinstance(x, str) else self.constant(x) for x in inputs]
        written = [self._name(kind) for _ in range(n_outputs)]
        self.nodes.append(helper.make_node(kind, read, written, **attributes))
        return written if n_outputs > 1 else written[0]

    def input(self, name, dtype, shape):
        """An input of the model; axes of no fixed size have names."""
        name = self._prefix + name
        self.inputs.append(_value(name, dtype, shape))
        return name

    def output(self, name, tensor, dtype, shape):
        """Give a tensor out as an output of the model."""
        from onnx import helper

        name = self._prefix + name
        self.nodes.append(helper.make_node("Identity", [tensor], [name]))
        self.outputs.append(_value(name, dtype, shape))

    def cast(self, tensor, dtype):
        """The tensor in another type."""
        from onnx import helper

        return self.add("Cast", tensor, to=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def graph(self, name):
        """The `onnx.GraphProto`, also for the body of a loop."""
        from onnx import helper

        return helper.make_graph(self.nodes, name, self.inputs, self.outputs, self.constants)

    def model(self, name, metadata):
        """The checked `onnx.ModelProto`; metadata are strings by name."""
        import onnx
        from onnx import helper

        opset = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(self.graph(name), opset_imports=opset, ir_version=IR_VERSION, producer_name="skseq")
        helper.set_model_props(model, metadata)
        onnx.checker.check_model(model, full_check=True)
        return model


def _value(name, dtype, shape):
    from onnx import helper

    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.dtype(dtype)), shape)
