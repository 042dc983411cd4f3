using System.Diagnostics;
using System.Globalization;
using Autodidact.Numerics;

namespace Autodidact.Benchmarks;

/// <summary>
/// Kills commands with SIGKILL, at seeded random moments and just before and just after each of their renames, then repeats them. After a
/// kill the old result must be there or the new one, whole; after the repetition everything must be as if nothing had happened, with no
/// file more. <c>kills [SEED] [--of run,resume,export,embed,experiment] [--random N] [--folder DIR]</c>
/// </summary>
internal static class KillBenchmark
{
    private const int Killed = 137;

    /// <summary>Runs; status 0 only if no kill left a trace.</summary>
    /// <param name="args">The seed and options.</param>
    public static int Run(string[] args)
    {
        string Option(string name, string otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : otherwise;
        var seed = ulong.TryParse(args.FirstOrDefault(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var given) ? given : 1;
        var wanted = Option("--of", "run,resume,export,embed,experiment").Split(',');
        var random = int.Parse(Option("--random", "60"), CultureInfo.InvariantCulture);
        var folder = Directory.CreateDirectory(
            Path.Combine(Option("--folder", Path.GetTempPath()), $"autodidact-kills-{Environment.ProcessId}")).FullName;
        var shim = Compile(folder);
        var (kills, faults) = (0, 0);
        foreach (var subject in KillSubject.All(folder).Where(subject => wanted.Contains(subject.Name)))
        {
            var trial = new Trials(subject, shim, seed);
            trial.Prepare();
            trial.AtRenames();
            trial.AtRandom(random);
            Console.WriteLine(
                $"{subject.Name}: {trial.Renames} renames, {trial.Kills} kills ({trial.Old} left the old state, {trial.New} the new), "
                + $"{trial.Faults} faults");
            kills += trial.Kills;
            faults += trial.Faults;
        }

        Console.WriteLine($"{kills} kills: {faults} faults");
        if (faults == 0)
        {
            Directory.Delete(folder, recursive: true);
        }

        return faults == 0 ? 0 : 1;
    }

    /// <summary>The small library that strikes at renames; null without a C compiler, and then only random moments are tried.</summary>
    private static string? Compile(string folder)
    {
        var library = Path.Combine(folder, "rename_kill.so");
        try
        {
            using var compiler = Process.Start(
                "cc", ["-shared", "-fPIC", "-O1", "-o", library, Path.Combine(AppContext.BaseDirectory, "rename_kill.c")]);
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? library : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.Error.WriteLine("there is no C compiler (cc): nothing is killed at a rename");
            return null;
        }
    }

    /// <summary>Kills of one command.</summary>
    private sealed class Trials(KillSubject subject, string? shim, ulong seed)
    {
        private TimeSpan _whole;
        private string _old = "";
        private string _new = "";
        private IReadOnlyList<string> _end = [];

        public int Kills { get; private set; }

        public int Renames { get; private set; }

        public int Old { get; private set; }

        public int New { get; private set; }

        public int Faults { get; private set; }

        /// <summary>Runs the command undisturbed.</summary>
        public void Prepare()
        {
            subject.Reset();
            _old = subject.State();
            var clock = Stopwatch.StartNew();
            Command.Run(subject.Home, subject.Arguments);
            _whole = clock.Elapsed;
            _new = subject.State();
            _end = subject.Files();
        }

        /// <summary>Kills before and after every rename, until the command ends by itself.</summary>
        public void AtRenames()
        {
            for (var moment = 2; shim is not null; moment++)
            {
                subject.Reset();
                var environment = new Dictionary<string, string>
                {
                    ["LD_PRELOAD"] = shim,
                    ["AUTODIDACT_KILL_AT"] = moment.ToString(CultureInfo.InvariantCulture),
                };
                using (var command = Command.Start(subject.Home, environment, subject.Arguments))
                {
                    command.Wait();
                    if (command.ExitCode != Killed)
                    {
                        Renames = (moment / 2) - 1;
                        return;
                    }
                }

                Check(FormattableString.Invariant($"{(moment % 2 == 0 ? "before" : "after")} rename {moment / 2}"));
            }
        }

        /// <summary>Kills at random moments of the time the command takes.</summary>
        public void AtRandom(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var random = new CounterRandom(seed, (uint)i);
                var life = random.NextDouble() * _whole;
                subject.Reset();
                using (var command = Command.Start(subject.Home, subject.Arguments))
                {
                    if (command.WaitAtMost(life))
                    {
                        continue;
                    }

                    command.Kill();
                }

                Check(FormattableString.Invariant($"after {life.TotalSeconds:0.00} s"));
            }
        }

        private void Check(string moment)
        {
            Kills++;
            try
            {
                var state = subject.State();
                if (state == _new)
                {
                    New++;
                }
                else if (state == _old || subject.IsBetween(state, _new))
                {
                    Old++;
                }
                else
                {
                    Fault(moment, $"neither the old state nor the new:\n{state}");
                }

                Command.Run(subject.Home, subject.Arguments);
                if (subject.State() != _new)
                {
                    Fault(moment, "the repetition ends in another state");
                }

                foreach (var file in subject.Files().Except(_end))
                {
                    Fault(moment, $"left behind: {file}");
                }

                foreach (var file in _end.Except(subject.Files()))
                {
                    Fault(moment, $"missing: {file}");
                }
            }
            catch (InvalidOperationException e)
            {
                Fault(moment, e.Message);
            }
        }

        private void Fault(string moment, string what)
        {
            Faults++;
            Console.WriteLine($"FAULT {subject.Name}, killed {moment}: {what}");
        }
    }
}
