using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Training.Parts;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>
/// A frozen encoder and a queue of its embeddings, normalised. The queue starts with the encoder's known features of training images drawn
/// at random, under the plain view: what is in it is never random noise. The encoder is not part of the trained network: it is neither
/// saved nor put into training mode.
/// </summary>
internal sealed class TeacherMemory : IDisposable
{
    private readonly Backbone _encoder;

    public TeacherMemory(Backbone encoder, FeatureMatrix features, int size, ulong seed)
    {
        _encoder = encoder;
        FirstImages = EncoderAnchors.Draw(features.Rows, size, seed);
        Queue = new EmbeddingQueue(FirstImages.Length, features.Columns, encoder.DeviceOf());
        using var first = EncoderAnchors.Directions(features, FirstImages);
        Queue.Fill(first);
    }

    /// <summary>Rows of the images the queue starts with, in its order.</summary>
    public int[] FirstImages { get; }

    public EmbeddingQueue Queue { get; }

    /// <summary>Size of an embedding.</summary>
    public int Dimension => _encoder.FeatureSize;

    /// <summary>Normalised embeddings of a view, without gradient: [B, dimension].</summary>
    public Tensor Embed(Tensor view)
    {
        using var noGrad = no_grad();
        return nn.functional.normalize(_encoder.call(view), p: 2, dim: 1);
    }

    public void Dispose()
    {
        Queue.Dispose();
        _encoder.Dispose();
    }
}
