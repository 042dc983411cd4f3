namespace Autodidact.Inference.Graphs;

/// <summary>Element types of ONNX tensors that are read, by ONNX's own numbers.</summary>
internal enum GraphType
{
    Float = 1,
    Uint8 = 2,
    Int8 = 3,
    Int32 = 6,
    Int64 = 7,
}

/// <summary>A value of a graph.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Dimensions; <see cref="GraphShape.Batch"/> stands for the number of images.</param>
/// <param name="Known">Its numbers, where it is a short list of integers that is known beforehand.</param>
internal sealed record GraphValue(GraphType Type, long[] Shape, long[]? Known = null)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Type.ToString().ToLowerInvariant()} ({string.Join(", ", Shape.Select(d => d == GraphShape.Batch ? "N" : $"{d}"))})";
}

/// <summary>A node of a graph.</summary>
/// <param name="Operator">Its operator.</param>
/// <param name="Inputs">Names of its inputs; empty where an optional one is left out.</param>
/// <param name="Output">Name of its one output.</param>
/// <param name="Attributes">Its attributes: integers, lists of integers, text.</param>
internal sealed record GraphNode(
    string Operator, IReadOnlyList<string> Inputs, string Output, IReadOnlyDictionary<string, object> Attributes);
