using Autodidact.Numerics;

namespace Autodidact.Views;

/// <summary>
/// Makes one view after another on the calling thread. <see cref="ViewGenerator"/> runs one on each of its workers;
/// use it directly for a single picture. Not safe for use by several threads at once.
/// </summary>
internal sealed unsafe class ViewRenderer
{
    /// <summary>Rows are read eight bytes at a time, so three pixels at least; narrower boxes are copied to where there is room.</summary>
    private const int NarrowestInPlace = 3;

    private readonly ViewScratch _scratch = new();
    private readonly ResizeTableCache _tables = new();

    /// <summary>Floats one view takes: size x size x 3.</summary>
    /// <param name="recipe">The view.</param>
    public static int OutputLength(ViewRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return recipe.Size * recipe.Size * 3;
    }

    /// <summary>Draws the view's random parameters and renders it.</summary>
    /// <param name="pixels">RGB bytes, height x width x 3.</param>
    /// <param name="height">Image height in pixels.</param>
    /// <param name="width">Image width in pixels.</param>
    /// <param name="recipe">A valid recipe (see <see cref="ViewRecipeRules.Validate"/>).</param>
    /// <param name="random">The view's own stream.</param>
    /// <param name="output">Receives size x size x 3 floats, channels last.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public void Render(ReadOnlySpan<byte> pixels, int height, int width, ViewRecipe recipe, CounterRandom random, Span<float> output)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var parameters = ParameterSampler.Sample(recipe, height, width, ref random);
        Render(pixels, height, width, recipe, parameters, output);
    }

    /// <summary>Renders a view whose parameters are given.</summary>
    internal void Render(
        ReadOnlySpan<byte> pixels, int height, int width, ViewRecipe recipe, in ViewParameters parameters, Span<float> output)
    {
        if (height < 1 || width < 1 || pixels.Length != (long)height * width * 3)
            throw new ArgumentException($"expected {height} x {width} x 3 bytes, got {pixels.Length}", nameof(pixels));
        if (output.Length != OutputLength(recipe))
            throw new ArgumentException($"expected room for {OutputLength(recipe)} floats, got {output.Length}", nameof(output));

        var planes = _scratch.PlanesFor(recipe.Size);
        fixed (byte* image = pixels)
        {
            Resize(image, height, width, recipe, parameters, planes);
        }

        Augment(recipe, parameters, planes);
        fixed (float* to = output)
        {
            Interleaver.Write(planes, recipe.Normalization, to);
        }

        Erase(parameters.Erased, recipe.Size, output);

        // Only pointers into the scratch are in use by now; without this its arrays could be collected under them.
        GC.KeepAlive(this);
    }

    private void Resize(byte* image, int height, int width, ViewRecipe recipe, in ViewParameters parameters, in Planes planes)
    {
        var box = parameters.Box;
        var interpolation = recipe.Crop?.Interpolation ?? Interpolation.Bilinear;
        var inside = box.Top >= 0 && box.Left >= 0 && box.Top + box.Height <= height && box.Left + box.Width <= width;
        nint pitch = 3 * width;
        var corner = image + (box.Top * pitch) + (3 * box.Left);
        if (!inside || box.Width < NarrowestInPlace)
        {
            pitch = 3 * Math.Max(box.Width, NarrowestInPlace);
            corner = CopyWindow(image, height, width, box, recipe.PaddingCrop?.Fill ?? 0, (int)pitch);
        }

        var readWidth = Math.Max(box.Width, NarrowestInPlace);
        Resizer.Resize(
            corner,
            pitch,
            readWidth,
            _tables.Get(box.Height, recipe.Size, interpolation, fromBytes: true),
            _tables.Get(box.Width, recipe.Size, interpolation, fromBytes: false),
            parameters.Flip,
            planes.Red,
            planes.Stride,
            planes.Size,
            _scratch.Work(Resizer.ScratchLength(readWidth)));
        if (interpolation == Interpolation.Bicubic)
            ColorOps.Clamp(planes);
    }

    /// <summary>A box of the image; the part outside the image is filled.</summary>
    private byte* CopyWindow(byte* image, int height, int width, PixelBox box, byte fill, int pitch)
    {
        var window = _scratch.Window(box.Height * pitch);
        new Span<byte>(window, box.Height * pitch).Fill(fill);
        var left = Math.Clamp(box.Left, 0, width);
        var right = Math.Clamp(box.Left + box.Width, 0, width);
        for (var y = Math.Max(0, -box.Top); y < box.Height && box.Top + y < height && right > left; y++)
        {
            var from = new ReadOnlySpan<byte>(image + ((((nint)(box.Top + y) * width) + left) * 3), (right - left) * 3);
            from.CopyTo(new Span<byte>(window + ((nint)y * pitch) + ((left - box.Left) * 3), from.Length));
        }

        return window;
    }

    private void Augment(ViewRecipe recipe, in ViewParameters parameters, in Planes planes)
    {
        for (var position = 0; position < 4; position++)
            Jitter(parameters.Order[position], parameters, planes);
        if (parameters.Grayscale)
            ColorOps.Grayscale(planes);
        if (parameters.BlurSigma > 0)
            Blur(recipe, parameters.BlurSigma, planes);
        if (parameters.Solarize)
            ColorOps.Solarize(planes, (float)recipe.Solarize!.Threshold);
    }

    private static void Jitter(JitterPart part, in ViewParameters parameters, in Planes planes)
    {
        switch (part)
        {
            case JitterPart.Brightness when parameters.Brightness != 1:
                ColorOps.Brightness(planes, parameters.Brightness);
                break;
            case JitterPart.Contrast when parameters.Contrast != 1:
                ColorOps.Contrast(planes, parameters.Contrast);
                break;
            case JitterPart.Saturation when parameters.Saturation != 1:
                ColorOps.Saturation(planes, parameters.Saturation);
                break;
            case JitterPart.Hue when parameters.Hue != 0:
                ColorOps.Hue(planes, parameters.Hue);
                break;
        }
    }

    private void Blur(ViewRecipe recipe, float sigma, in Planes planes)
    {
        // One reflection reaches size - 1 pixels; tiny views get a shorter kernel.
        Span<float> kernel = stackalloc float[Math.Min(recipe.GaussianBlur!.KernelSize(recipe.Size), (2 * recipe.Size) - 1)];
        BlurOp.Kernel(kernel, sigma);
        BlurOp.Apply(planes, kernel, _scratch.Work(BlurOp.ScratchLength(recipe.Size, kernel.Length)));
    }

    private static void Erase(PixelBox box, int size, Span<float> output)
    {
        for (var y = box.Top; y < box.Top + box.Height; y++)
            output.Slice(((y * size) + box.Left) * 3, box.Width * 3).Clear();
    }
}
