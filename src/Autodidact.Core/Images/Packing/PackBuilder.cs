using System.Diagnostics;
using Autodidact.Files;

namespace Autodidact.Images;

/// <summary>
/// Decodes a source into a pack: in parallel, in the source's order, with bounded memory. An image that cannot be decoded is skipped with
/// its reason. The pack appears completely or not at all, and equal sources give equal bytes.
/// </summary>
internal static class PackBuilder
{
    /// <summary>Copies beside the one that waits: without the metadata that are not decoded, and in the decoder's own memory.</summary>
    private const int DecoderCopies = 2;

    /// <summary>The memory of files of this size is freed by name: the runtime would keep gigabytes of them for a while.</summary>
    private const long LargeFile = 4L << 20;

    /// <summary>Most bytes of undecoded data that wait for workers; one image may always wait.</summary>
    private static readonly long _maxWaitingBytes = DecodeGate.Encoded.Capacity / 2;

    private static readonly TimeSpan _reportEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Packs a source.</summary>
    /// <param name="source">Images to pack.</param>
    /// <param name="path">The pack to write or replace.</param>
    /// <param name="options">How to pack; the defaults if left out.</param>
    /// <param name="progress">Receives the progress about ten times a second, and at the end.</param>
    /// <param name="cancellationToken">Stops without leaving anything behind.</param>
    /// <returns>The labels that the source knew, in pack order: names, or null. The pack does not hold them.</returns>
    /// <exception cref="AutodidactException">The source is empty, nothing in it can be decoded, or the disk is full.</exception>
    public static IReadOnlyList<string?> Build(
        IImageSource source,
        string path,
        PackOptions? options = null,
        IProgress<PackProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(path);
        options ??= new PackOptions();
        if (options.Side is < 1 or >= 1 << 14)
            throw new AutodidactException(FailureKind.Usage, $"image size {options.Side}: expected 1 to {(1 << 14) - 1} pixels");
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Workers, 1, nameof(options));
        IReadOnlyList<string?> labels = [];
        AtomicFile.Write(path, stream =>
        {
            var attempt = new Attempt(source, options, progress, cancellationToken);

            // The size of the first image is assumed for all; only if another one differs is the work begun again with the default.
            labels = attempt.Run(stream, options.Side, ownSide: options.Side is null)
                ?? attempt.Run(stream, PackOptions.DefaultSide, ownSide: false)!;
        });
        return labels;
    }

    /// <summary>An image that is done. It does not hold the encoded file, which may be large.</summary>
    private sealed record Result(string Key, string? Label, DecodedImage? Image, byte[]? Digest, string? Reason);

    private sealed class Attempt(
        IImageSource source, PackOptions options, IProgress<PackProgress>? progress, CancellationToken cancellationToken)
    {
        private readonly ImageDecoder _decoder = new(options.Limits);
        private readonly TaskFactory _workers = new(
            cancellationToken,
            TaskCreationOptions.DenyChildAttach,
            TaskContinuationOptions.None,
            new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, options.Workers).ConcurrentScheduler);

        private long _releasedBytes;
        private int? _side;
        private (int Height, int Width)? _commonSize;

        /// <summary>One pass over the source; null if it assumed one size for all images and met another.</summary>
        public IReadOnlyList<string?>? Run(Stream stream, int? side, bool ownSide)
        {
            _side = side;
            _commonSize = null;
            PackWriter? writer = null;
            var labels = new List<string?>();
            var skipped = new List<SkippedImage>();
            var waiting = new Queue<(Task<Result> Task, long Bytes)>();
            var waitingBytes = 0L;
            var clock = Stopwatch.StartNew();
            var reported = TimeSpan.Zero;
            try
            {
                foreach (var entry in Entries())
                {
                    if (ownSide && _side is null && !TryChooseSide(entry))
                        return null;
                    var bytes = entry.Content is EncodedImage encoded ? encoded.Bytes.Length : 0;
                    waiting.Enqueue((_workers.StartNew(() => Decode(entry)), bytes));
                    waitingBytes += bytes;
                    while (waiting.Count > 8 * options.Workers || (waitingBytes > _maxWaitingBytes && waiting.Count > 1))
                    {
                        if (!TakeOldest())
                            return null;
                    }
                }

                while (waiting.Count > 0)
                {
                    if (!TakeOldest())
                        return null;
                }

                if (writer is null)
                    throw NothingPacked(skipped);
                writer.Finish(skipped);
                progress?.Report(
                    new PackProgress(source.Description, labels.Count + skipped.Count, labels.Count + skipped.Count, skipped.Count));
                return labels;
            }
            finally
            {
                Drain(waiting);
                writer?.Dispose();
            }

            bool TakeOldest()
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (task, bytes) = waiting.Dequeue();
                waitingBytes -= bytes;
                var result = task.GetAwaiter().GetResult();
                Released(bytes);
                if (result.Image is null)
                {
                    skipped.Add(new SkippedImage(result.Key, result.Reason!));
                }
                else
                {
                    var size = (result.Image.OriginalHeight, result.Image.OriginalWidth);
                    if (ownSide && _commonSize != size)
                        return false;
                    writer ??= new PackWriter(stream, _side!.Value);
                    writer.Add(result.Key, result.Image, result.Digest!);
                    labels.Add(result.Label);
                }

                if (progress is not null && clock.Elapsed - reported > _reportEvery)
                {
                    reported = clock.Elapsed;
                    progress.Report(
                        new PackProgress(source.Description, labels.Count + skipped.Count, source.ExpectedCount, skipped.Count));
                }

                return true;
            }
        }

        /// <summary>Frees the memory of large files once there are as many of them as may wait.</summary>
        private void Released(long bytes)
        {
            if (bytes >= LargeFile)
                _releasedBytes += bytes;
            if (_releasedBytes < _maxWaitingBytes)
                return;
            _releasedBytes = 0;
            GC.Collect();
        }

        /// <summary>The source's entries, its own read errors told apart from failures to write the pack.</summary>
        private IEnumerable<ImageEntry> Entries()
        {
            using var entries = source.Enumerate(cancellationToken).GetEnumerator();
            while (Next())
                yield return entries.Current;

            bool Next()
            {
                try
                {
                    return entries.MoveNext();
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    throw new AutodidactException(
                        FailureKind.Data, $"{source.Description} cannot be read ({OneLine.From(e.Message)}): check the files", e);
                }
            }
        }

        /// <summary>Takes the size of the first image whose header can be read; false if it is too large to be kept.</summary>
        private bool TryChooseSide(ImageEntry entry)
        {
            (int Height, int Width) size;
            try
            {
                if (entry.Content is UnreadableImage)
                    return true;
                size = entry.Content is RawImage raw ? (raw.Height, raw.Width) : _decoder.Measure(((EncodedImage)entry.Content).Bytes);
            }
            catch (ImageDecodeException)
            {
                // It will be skipped with its reason; the next image decides.
                return true;
            }

            _commonSize = size;
            _side = Math.Min(size.Height, size.Width);
            return Math.Max(size.Height, size.Width) <= PackOptions.LargestOwnSide;
        }

        private Result Decode(ImageEntry entry)
        {
            try
            {
                // No size is known yet only while every image so far was undecodable, this one included.
                var side = _side ?? PackOptions.DefaultSide;
                var image = entry.Content switch
                {
                    EncodedImage encoded => Decode(encoded.Bytes, side),
                    RawImage raw => _decoder.ResizeCancellable(raw, side, cancellationToken),
                    UnreadableImage unreadable => throw new ImageDecodeException(unreadable.Reason),
                    _ => throw new ImageDecodeException($"unknown content {entry.Content.GetType().Name}"),
                };
                return new Result(entry.Key, entry.Label, image, PackedImages.Digest(image.Pixels), null);
            }
            catch (ImageDecodeException e)
            {
                return new Result(entry.Key, entry.Label, null, null, e.Message);
            }
        }

        private DecodedImage Decode(ReadOnlyMemory<byte> encoded, int side)
        {
            using var turn = DecodeGate.Encoded.Enter((long)DecoderCopies * encoded.Length, cancellationToken);
            return _decoder.DecodeCancellable(encoded, side, cancellationToken);
        }

        private AutodidactException NothingPacked(List<SkippedImage> skipped) => new(
            FailureKind.Data,
            skipped.Count == 0
                ? $"{source.Description} holds no images: give a place with JPEG, PNG, WebP, GIF, TIFF or BMP files"
                : $"{source.Description}: none of its {skipped.Count} images can be decoded "
                    + $"(first: {skipped[0].Key}: {skipped[0].Reason}); give intact image files");

        /// <summary>No worker may still hold an entry when the source is closed or tried again.</summary>
        private static void Drain(Queue<(Task<Result> Task, long Bytes)> waiting)
        {
            while (waiting.TryDequeue(out var item))
            {
                try
                {
                    item.Task.GetAwaiter().GetResult();
                }
                catch (Exception e) when (e is OperationCanceledException or AutodidactException)
                {
                    // The failure that ended the pass is already on its way.
                }
            }
        }
    }
}
