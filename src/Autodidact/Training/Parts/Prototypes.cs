using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Autodidact.Training.Parts;

/// <summary>
/// Directions that embeddings are compared with: a linear layer without bias whose rows have length 1. It begins with random directions.
/// </summary>
internal sealed class Prototypes : nn.Module
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _rows;

    /// <summary>Random unit rows, drawn from torch's generator.</summary>
    /// <param name="count">Number of prototypes, K.</param>
    /// <param name="dimension">Size of an embedding, D.</param>
    /// <param name="trained">Whether an optimizer moves them.</param>
    public Prototypes(long count, long dimension, bool trained = true)
        : base(nameof(Prototypes))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        _rows = nn.Parameter(randn(count, dimension), requires_grad: trained);
        RegisterComponents();
        Normalize();
    }

    /// <summary>Products of embeddings and prototypes: [B, K].</summary>
    /// <param name="embeddings">[B, D].</param>
    /// <param name="frozen">Whether the prototypes take no gradient. The optimizer leaves them as they are then.</param>
    public Tensor Scores(Tensor embeddings, bool frozen = false) => mm(embeddings, (frozen ? _rows.detach() : _rows).t());

    /// <summary>Brings every row back to length 1, in place: after each step that moved them.</summary>
    public void Normalize()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        _rows.copy_(nn.functional.normalize(_rows, p: 2, dim: 1));
    }

    /// <summary>Puts other rows in place of those there are.</summary>
    /// <param name="rows">[K, D]; brought to length 1.</param>
    public void Set(Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (!rows.shape.SequenceEqual(_rows.shape))
        {
            throw new ArgumentException(
                $"expected [{string.Join(", ", _rows.shape)}], got [{string.Join(", ", rows.shape)}]", nameof(rows));
        }

        using (no_grad()) _rows.copy_(rows);
        Normalize();
    }
}
