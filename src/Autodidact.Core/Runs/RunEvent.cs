namespace Autodidact.Runs;

/// <summary>A part of a run.</summary>
public enum Stage
{
    /// <summary>Packing the images.</summary>
    Prepare,

    /// <summary>Self-supervised pre-training.</summary>
    Pretrain,

    /// <summary>Features and k-means.</summary>
    Cluster,

    /// <summary>Self-distillation.</summary>
    Distill,

    /// <summary>Measurement.</summary>
    Evaluate,

    /// <summary>ONNX graphs; done only when asked for.</summary>
    Export,
}

/// <summary>Something a running pipeline tells.</summary>
public abstract record RunEvent;

/// <summary>A stage begins.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Title">What it does, in a few words.</param>
/// <param name="TotalSteps">Its length in its own steps; 0 if unknown.</param>
public sealed record StageStarted(Stage Stage, string Title, long TotalSteps) : RunEvent;

/// <summary>A stage moves.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Step">Steps done.</param>
/// <param name="TotalSteps">Its length; 0 if unknown.</param>
/// <param name="Text">What a plain line should say besides.</param>
/// <param name="Remaining">Estimated time left in the stage, if known.</param>
public sealed record StageProgress(Stage Stage, long Step, long TotalSteps, string Text, TimeSpan? Remaining) : RunEvent;

/// <summary>A stage ends.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Elapsed">Its time in this process.</param>
/// <param name="Skipped">True if an earlier run had done it.</param>
/// <param name="Text">Its result, in a few words.</param>
public sealed record StageCompleted(Stage Stage, TimeSpan Elapsed, bool Skipped, string Text) : RunEvent
{
    /// <summary>The time that was predicted for it, over all processes that worked on it; null where none was.</summary>
    public TimeSpan? Predicted { get; init; }
}

/// <summary>One line a user should see.</summary>
/// <param name="Text">The line.</param>
public sealed record Notice(string Text) : RunEvent;

/// <summary>A file that the run goes on without, because it cannot be written. A <see cref="Notice"/> before it says why.</summary>
/// <param name="Path">The file or folder.</param>
internal sealed record FileNotWritten(string Path) : RunEvent;
