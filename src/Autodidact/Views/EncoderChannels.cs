namespace Autodidact.Views;

/// <summary>Order of the colour channels that an encoder file wants.</summary>
public enum EncoderChannels
{
    /// <summary>Red, green, blue, as nearly all.</summary>
    Rgb,

    /// <summary>Blue, green, red, as those of Caffe and OpenCV.</summary>
    Bgr,
}
