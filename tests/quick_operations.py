"""What TensorFlow spends long on and tests do not need: equal slices made anew, and a stack for every operation."""

import functools
import importlib

import tensorflow as tf

plain_getitem = tf.Tensor.__getitem__
MASKS = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")


@functools.cache
def strided(*key):
    """The arguments of a strided slice, which TensorFlow makes anew for every slice; a slice is given as a tuple."""
    bounds, masks = [], dict.fromkeys(MASKS, 0)
    for axis, part in enumerate(key):
        if isinstance(part, tuple):
            start, stop, step = part
            masks["begin_mask"] |= (start is None) << axis
            masks["end_mask"] |= (stop is None) << axis
            bounds.append((start or 0, stop or 0, 1 if step is None else step))
        elif isinstance(part, int):
            masks["shrink_axis_mask"] |= 1 << axis
            bounds.append((part, part + 1, 1))
        else:
            masks["ellipsis_mask" if part is Ellipsis else "new_axis_mask"] |= 1 << axis
            bounds.append((0, 0, 1))
    begin, end, strides = (tf.constant(numbers, tf.int32) for numbers in zip(*bounds))
    return {"begin": begin, "end": end, "strides": strides, **masks}


def hashable(part):
    """A part of a key, slices as tuples; none if it is no number, slice, Ellipsis or new axis."""
    if type(part) is slice:
        part = part.start, part.stop, part.step
        return part if all(type(bound) in (int, type(None)) for bound in part) else ()
    return part if type(part) in (int, type(None), type(Ellipsis)) else ()


def quick_getitem(tensor, key):
    """`tf.Tensor.__getitem__`, quick where the tensor is no symbol and the key holds Python's numbers."""
    parts = tuple(map(hashable, key)) if type(key) is tuple else (hashable(key),)
    if not isinstance(tensor, tf.__internal__.EagerTensor) or not parts or () in parts:
        return plain_getitem(tensor, key)
    return tf.raw_ops.StridedSlice(input=tensor, **strided(*parts), name="strided_slice/")


def install():
    """Let slices be quick, and all operations of graphs have one stack, which only errors of graphs would show."""
    tf.Tensor.__getitem__ = quick_getitem
    try:
        stacks = importlib.import_module("tensorflow.python.util.tf_stack")
        stack = stacks.extract_stack()
    except (ImportError, AttributeError):  # a release that moved it: tests take longer
        return
    stacks.extract_stack = lambda stacklevel=1: stack
