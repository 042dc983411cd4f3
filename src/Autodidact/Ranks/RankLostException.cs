namespace Autodidact.Ranks;

/// <summary>Another rank has ended, so this one cannot go on. The other's own error is the one to show.</summary>
/// <param name="reason">The other's error, in one line.</param>
internal sealed class RankLostException(string reason) : AutodidactException(FailureKind.Training, reason);
