namespace Autodidact.Distillation;

/// <summary>Targets of the cross entropies of self-distillation.</summary>
public enum TargetForm
{
    /// <summary>The number of the image's cluster.</summary>
    Hard,

    /// <summary>How near every centroid is to the encoder's feature of the image: <see cref="SoftAssignmentLoss"/>, by cosine.</summary>
    Soft,

    /// <summary>The clusters of the image and its nearest neighbours, in equal shares: <see cref="NeighborTargets"/>.</summary>
    Neighbours,
}
