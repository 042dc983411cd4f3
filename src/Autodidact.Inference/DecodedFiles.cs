using System.Runtime.CompilerServices;
using Autodidact.Files;
using Autodidact.Images;

namespace Autodidact.Inference;

/// <summary>A file's picture, or why there is none.</summary>
internal sealed record DecodedFile(string Path, byte[]? Pixels, string? Problem);

/// <summary>Files decoded in parallel, a batch ahead of the network.</summary>
internal static class DecodedFiles
{
    /// <summary>Pictures of a batch; those of the next are decoded meanwhile.</summary>
    private const long MostBytes = 1L << 30;

    /// <summary>A file is in memory as it was read, without the metadata that are not decoded, and in the decoder's own memory.</summary>
    private const int EncodedCopies = 3;

    /// <summary>Decodes files, batch by batch, in their order.</summary>
    /// <param name="model">Whose decoder.</param>
    /// <param name="source">The network the pictures are for.</param>
    /// <param name="files">The files; enumerated as far as needed. Those with a problem are passed on with it.</param>
    /// <param name="batchSize">Most files a batch; fewer where their pictures would take too much memory.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static async IAsyncEnumerable<DecodedFile[]> Read(
        EarlyExitModel model,
        FeatureSource source,
        IEnumerable<NamedFile> files,
        int batchSize,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var most = MostBytes / (model.SideOf(source) * model.SideOf(source) * 3L);
        if (batchSize > most)
        {
            // A manifest that tells of large pictures may lie: its graph is asked before any are made.
            model.Open(source);
            batchSize = (int)Math.Max(1, most);
        }

        Task<DecodedFile[]>? ahead = null;
        foreach (var chunk in files.Chunk(batchSize))
        {
            var next = Task.Run(() => DecodeAll(model, source, chunk, cancellationToken), cancellationToken);
            if (ahead is not null)
            {
                yield return await ahead.ConfigureAwait(false);
            }

            ahead = next;
        }

        if (ahead is not null)
        {
            yield return await ahead.ConfigureAwait(false);
        }
    }

    /// <summary>The pictures of a batch, one after another; those of files that could not be read are left out.</summary>
    public static byte[] Pixels(DecodedFile[] files)
    {
        var pictures = files.Where(f => f.Pixels is not null).Select(f => f.Pixels!).ToArray();
        var all = new byte[pictures.Sum(p => p.Length)];
        var end = 0;
        foreach (var picture in pictures)
        {
            picture.CopyTo(all, end);
            end += picture.Length;
        }

        return all;
    }

    private static DecodedFile[] DecodeAll(
        EarlyExitModel model, FeatureSource source, NamedFile[] files, CancellationToken cancellationToken)
    {
        var decoded = new DecodedFile[files.Length];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        Parallel.For(0, files.Length, parallel, i => decoded[i] = Decode(model, source, files[i], cancellationToken));
        return decoded;
    }

    private static DecodedFile Decode(EarlyExitModel model, FeatureSource source, NamedFile file, CancellationToken cancellationToken)
    {
        var path = file.Path;
        if (file.Problem is not null)
        {
            return new DecodedFile(path, null, file.Problem);
        }

        try
        {
            using var opened = EncodedImage.Open(path);
            using var turn = DecodeGate.Encoded.Enter(EncodedCopies * opened.Length, cancellationToken);
            var encoded = RegularFile.ReadAll(opened, cancellationToken);
            return new DecodedFile(path, model.DecodeCancellable(encoded, source, cancellationToken), null);
        }
        catch (ImageDecodeException e)
        {
            return new DecodedFile(path, null, OneLine.From(e.Message));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new DecodedFile(path, null, EncodedImage.Problem(e));
        }
    }
}
