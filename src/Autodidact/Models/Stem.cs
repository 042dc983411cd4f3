namespace Autodidact.Models;

/// <summary>First layers of a <see cref="ResNet"/>.</summary>
internal enum Stem
{
    /// <summary>7x7 convolution of stride 2, then a 3x3 max-pool of stride 2 (He et al. 2016): for images of about 224 px.</summary>
    ImageNet,

    /// <summary>3x3 convolution of stride 1, no pool: for images of 32 px.</summary>
    Cifar,

    /// <summary>3x3 convolution of stride 1, then a 2x2 max-pool: a quarter of the cost of <see cref="Cifar"/>, for CPUs.</summary>
    CifarPool,

    /// <summary>
    /// 4x4 convolution of stride 2, no pool: as small a map as <see cref="CifarPool"/> without the large one before it, which costs more in
    /// memory traffic than in arithmetic.
    /// </summary>
    CifarStride,
}
