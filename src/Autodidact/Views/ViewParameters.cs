namespace Autodidact.Views;

/// <summary>A box in pixels.</summary>
internal readonly record struct PixelBox(int Top, int Left, int Height, int Width);

/// <summary>The four parts of colour jitter, in torchvision's numbering.</summary>
internal enum JitterPart
{
    Brightness = 0,
    Contrast = 1,
    Saturation = 2,
    Hue = 3,
}

/// <summary>The order of the four jitter parts, two bits each.</summary>
internal readonly record struct JitterOrder(byte Packed)
{
    internal static JitterOrder Natural { get; } = Of(JitterPart.Brightness, JitterPart.Contrast, JitterPart.Saturation, JitterPart.Hue);

    internal JitterPart this[int position] => (JitterPart)((Packed >> (2 * position)) & 3);

    internal static JitterOrder Of(JitterPart first, JitterPart second, JitterPart third, JitterPart fourth) =>
        new((byte)((int)first | ((int)second << 2) | ((int)third << 4) | ((int)fourth << 6)));
}

/// <summary>Everything random about one view, drawn. Rendering with the same parameters gives the same bits.</summary>
internal record struct ViewParameters
{
    public ViewParameters()
    {
    }

    /// <summary>The source box that is resized to the view. With a padding crop it may lie partly outside the image.</summary>
    internal PixelBox Box { get; set; }

    internal bool Flip { get; set; }

    internal float Brightness { get; set; } = 1;

    internal float Contrast { get; set; } = 1;

    internal float Saturation { get; set; } = 1;

    /// <summary>In turns.</summary>
    internal float Hue { get; set; }

    internal JitterOrder Order { get; set; } = JitterOrder.Natural;

    internal bool Grayscale { get; set; }

    /// <summary>0 for no blur.</summary>
    internal float BlurSigma { get; set; }

    internal bool Solarize { get; set; }

    /// <summary>In the view; empty for none.</summary>
    internal PixelBox Erased { get; set; }
}
