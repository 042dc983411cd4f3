using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Models;
using Autodidact.Objectives;
using Autodidact.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="Jigsaw"/>.</summary>
public sealed record JigsawOptions
{
    /// <summary>Tiles in a row.</summary>
    [Description("tiles in a row and in a column; 2 is a reduced puzzle for very small views, with 24 permutations at most")]
    [Range(2, 3)]
    public int Grid { get; init; } = 3;

    /// <summary>Side of a tile as a fraction of its cell's.</summary>
    [Description("side of a tile, as a fraction of its cell's; the rest is jitter, and a gap between tiles")]
    [Range(0.25, 1.0)]
    public double Tile { get; init; } = 0.75;

    /// <summary>Permutations to tell apart.</summary>
    [Description("permutations to tell apart, chosen far from one another")]
    [Range(2, 10_000)]
    public int Permutations { get; init; } = 100;

    /// <summary>Whether tiles have mean 0 and deviation 1 each.</summary>
    [Description("give each tile mean 0 and deviation 1, so that brightness and contrast tell nothing about its neighbours")]
    public bool NormalizeTiles { get; init; } = true;

    /// <summary>Size of a tile's embedding.</summary>
    [Description("size of a tile's embedding, before those of all tiles are joined")]
    [Range(1, 65536)]
    public int Embedding { get; init; } = 128;
}

/// <summary>
/// Jigsaw puzzles: the tiles of an image are shuffled by one of P permutations; by which? Noroozi &amp; Favaro, ECCV 2016, arXiv
/// 1603.09246. The loss is <see cref="PretextLoss"/>; all tiles of the batch go through the encoder in one pass, then each through Linear,
/// batch norm, ReLU, and joined through a linear classifier.
/// </summary>
internal sealed class Jigsaw : EncoderObjective
{
    private readonly JigsawOptions _options;
    private readonly nn.Module<Tensor, Tensor> _embedding;
    private readonly nn.Module<Tensor, Tensor> _classifier;
    private readonly long[,] _permutations;

    /// <summary>Joins an encoder, fresh heads and the loss, and chooses the permutations.</summary>
    /// <param name="training">The encoder, and one view; views may grow, and must not shrink, while training goes on.</param>
    /// <param name="options">The puzzle.</param>
    /// <exception cref="AutodidactException">The first views are too small, or there are not so many permutations; kind Usage.</exception>
    public Jigsaw(EncoderTraining training, JigsawOptions options)
        : base("jigsaw", training)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        var tiles = options.Grid * options.Grid;
        if (options.Permutations > PermutationSet.Count(tiles))
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"{training.OptionPrefix}permutations={options.Permutations}: {tiles} tiles have {PermutationSet.Count(tiles)}: "
                + "lower it, or raise grid");
        }

        JigsawLayout.For(training.Views(0).Views[0].Size, options);
        _embedding = Beside(
            "embedding",
            nn.Sequential(
                nn.Linear(Encoder.FeatureSize, options.Embedding, hasBias: false),
                new BatchNormalization(options.Embedding),
                nn.ReLU(inplace: true)));
        _classifier = Beside("classifier", nn.Linear((long)tiles * options.Embedding, options.Permutations));
        _permutations = new long[options.Permutations, tiles];
        foreach (var (permutation, i) in PermutationSet.Choose(tiles, options.Permutations, training.Seed).Select((p, i) => (p, i)))
        {
            for (var place = 0; place < tiles; place++) _permutations[i, place] = permutation[place];
        }
    }

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var view = batch.Views.View(0);
        var answers = Draws.Integers(0, _options.Permutations, [view.shape[0]], view.device);
        var cells = tensor(_permutations, device: view.device).index_select(0, answers);
        var tiles = JigsawLayout.For((int)view.shape[2], _options).Shuffle(view, cells);
        var embeddings = _embedding.call(Encoder.call(_options.NormalizeTiles ? Patches.Standardize(tiles) : tiles));
        var logits = _classifier.call(embeddings.view(view.shape[0], -1));
        return new(
            PretextLoss.Compute(logits, answers),
            new Dictionary<string, Tensor> { ["jigsaw_accuracy"] = PretextLoss.Accuracy(logits, answers) });
    }
}
