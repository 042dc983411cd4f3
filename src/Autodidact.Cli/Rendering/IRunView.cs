using Autodidact.Configuration;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Cli.Rendering;

/// <summary>Shows a run's progress.</summary>
internal interface IRunView : IDisposable
{
    /// <summary>Runs the work on the calling thread and shows what it reports, from whatever thread.</summary>
    /// <typeparam name="T">Type of the result.</typeparam>
    /// <param name="work">The work; it reports to its argument.</param>
    T Show<T>(Func<IProgress<RunEvent>, T> work);

    /// <summary>Shows a line now.</summary>
    /// <param name="line">The line.</param>
    void Say(string line);
}
