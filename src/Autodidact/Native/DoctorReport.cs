namespace Autodidact.Native;

/// <summary>How a fact about this machine is to be judged.</summary>
internal enum DoctorStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Usable, with a drawback that the value names.</summary>
    Warn,

    /// <summary>Training cannot run. The value says how to mend it.</summary>
    Fail,
}

/// <summary>One fact.</summary>
/// <param name="Name">The subject: a stable, lower-case name.</param>
/// <param name="Value">The finding, for people.</param>
/// <param name="Status">How it is to be judged.</param>
internal sealed record DoctorRow(string Name, string Value, DoctorStatus Status);

/// <summary>The findings of <see cref="Doctor.Collect"/> on this machine.</summary>
/// <param name="Rows">The facts, in the order to show them.</param>
internal sealed record DoctorReport(IReadOnlyList<DoctorRow> Rows)
{
    /// <summary>Whether training can run here.</summary>
    public bool Healthy => Rows.All(row => row.Status != DoctorStatus.Fail);
}
