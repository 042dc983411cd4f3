namespace Autodidact.Inference.Graphs;

/// <summary>Inputs, outputs and cost of a graph, known before ONNX Runtime is given it.</summary>
/// <param name="Inputs">Its inputs by name.</param>
/// <param name="Outputs">Its outputs by name.</param>
/// <param name="ValuesPerImage">Numbers that all its nodes together write for one image.</param>
/// <param name="LivePerImage">Most of them that are in use at once, nodes taken in their order.</param>
/// <param name="Macs">Multiply-accumulates for one image.</param>
internal sealed record GraphSummary(
    IReadOnlyDictionary<string, GraphValue> Inputs,
    IReadOnlyDictionary<string, GraphValue> Outputs,
    long ValuesPerImage,
    long LivePerImage,
    long Macs);

/// <summary>
/// Works out the shape of every value of a graph, and so what running it takes, without running it. Operators are a closed list, those of
/// <see cref="Operators"/>: what has no rule there is refused, and so are loops, branches, random numbers, files and code of other
/// libraries.
/// </summary>
internal sealed class GraphCheck
{
    /// <summary>Six times what ResNet-101 writes at 224 x 224; a gigabyte if all of it were kept.</summary>
    private const long MostValues = 1L << 28;

    /// <summary>Over a hundred times ResNet-101 at 224 x 224: minutes on one core.</summary>
    private const long MostMacs = 1L << 40;

    private readonly Dictionary<string, GraphValue> _values = new(StringComparer.Ordinal);
    private long _written;
    private long _macs;

    /// <summary>Checks a file.</summary>
    /// <param name="bytes">All of it.</param>
    /// <exception cref="InvalidDataException">
    /// It is broken, holds what is not on the lists, or would take more memory or time than any model here.
    /// </exception>
    public static GraphSummary Check(ReadOnlySpan<byte> bytes)
    {
        var file = GraphFile.Read(bytes);
        return new GraphCheck().Walk(file);
    }

    private GraphSummary Walk(GraphFile file)
    {
        foreach (var (name, value) in file.Constants.Concat(file.Inputs))
        {
            Add(name, value);
        }

        // Outputs are kept to the end, and so is what nothing uses: the runtime does not leave such nodes out.
        var uses = file.Nodes.SelectMany(n => n.Inputs).Concat(file.Outputs.Keys)
            .CountBy(name => name, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var live = file.Inputs.Values.Sum(value => GraphShape.Count(value.Shape));
        var most = live;
        foreach (var node in file.Nodes)
        {
            var inputs = node.Inputs.Select(name => name.Length == 0 ? null : Given(name, node)).ToArray();
            var (output, macs) = Operators.Apply(node, inputs);
            Add(node.Output, output);
            _written += GraphShape.Count(output.Shape);
            _macs += macs;
            if (_macs > MostMacs)
            {
                throw new InvalidDataException($"it takes more than {MostMacs} multiply-accumulates an image");
            }

            if (_written > MostValues)
            {
                throw new InvalidDataException($"it writes more than {MostValues} numbers an image");
            }

            live += GraphShape.Count(output.Shape);
            most = Math.Max(most, live);
            foreach (var name in node.Inputs.Where(name => name.Length > 0 && --uses[name] == 0 && !file.Constants.ContainsKey(name)))
            {
                live -= GraphShape.Count(_values[name].Shape);
            }
        }

        foreach (var (name, declared) in file.Outputs)
        {
            var value = _values.GetValueOrDefault(name)
                ?? throw new InvalidDataException($"nothing gives its output '{OneLine.From(name)}'");
            if (value.Type != declared.Type || !value.Shape.AsSpan().SequenceEqual(declared.Shape))
            {
                throw new InvalidDataException($"its output '{OneLine.From(name)}' is declared as {declared} and would be {value}");
            }
        }

        return new GraphSummary(file.Inputs, file.Outputs, _written, most, _macs);
    }

    private GraphValue Given(string name, GraphNode node) => _values.GetValueOrDefault(name) ?? throw new InvalidDataException(
        $"its node '{OneLine.From(node.Output)}' takes '{OneLine.From(name)}', which nothing before it gives");

    private void Add(string name, GraphValue value)
    {
        GraphShape.Count(value.Shape);
        if (!_values.TryAdd(name, value))
        {
            throw new InvalidDataException($"it has two values of the name '{OneLine.From(name)}'");
        }
    }
}
