using Autodidact.Native;

namespace Autodidact.Tests.Native;

public class ElfVersionRepairTests
{
    [Fact]
    public void Should_Change_One_Flag_And_Nothing_Else()
    {
        byte[] original = new CraftedElf().Build();
        byte[] repaired = (byte[])original.Clone();
        Assert.Equal(ElfRepairStatus.Repaired, ElfVersionRepair.Apply(repaired).Status);
        int[] changed = [.. Enumerable.Range(0, original.Length).Where(i => original[i] != repaired[i])];
        Assert.Equal(2, repaired[Assert.Single(changed)]);
        var needs = ElfImage.Parse(repaired).VersionNeeds();
        Assert.Equal([("GLIBCXX_3.4", false), ("GLIBCXX_3.4.32", true)], needs.Select(need => (need.Version, need.Weak)));
    }

    [Fact]
    public void Should_Find_Nothing_To_Do_The_Second_Time()
    {
        byte[] image = new CraftedElf().Build();
        ElfVersionRepair.Apply(image);
        Assert.Equal(ElfRepairStatus.NotNeeded, ElfVersionRepair.Apply(image).Status);
    }

    [Fact]
    public void Should_Leave_A_Library_Alone_That_Does_Not_Ask_For_The_Version() =>
        AssertUnchanged(
            ElfRepairStatus.NotNeeded,
            new CraftedElf { Needs = [("GLIBCXX_3.4", 2, 0)], Symbols = [("_ZSt4cout", 2)], Relocated = 1 }.Build());

    [Fact]
    public void Should_Leave_The_Same_Version_Of_Another_Library_Alone() =>
        AssertUnchanged(ElfRepairStatus.NotNeeded, new CraftedElf { Library = "libother.so.1" }.Build());

    [Fact]
    public void Should_Refuse_When_A_Real_Symbol_Uses_The_Version()
    {
        byte[] image = new CraftedElf { Symbols = [("_ZSt21ios_base_library_initv", 3), ("_ZSt9real_workv", 3)] }.Build();
        Assert.Contains("_ZSt9real_workv", AssertUnchanged(ElfRepairStatus.Refused, image).Reason);
    }

    [Fact]
    public void Should_Refuse_When_The_Marker_Symbol_Is_Really_Referred_To() =>
        AssertUnchanged(ElfRepairStatus.Refused, new CraftedElf { Relocated = 1 }.Build());

    [Fact]
    public void Should_Recognise_What_Is_No_Elf_File()
    {
        AssertUnchanged(ElfRepairStatus.NotElf, []);
        AssertUnchanged(ElfRepairStatus.NotElf, "MZ, a program for another system"u8.ToArray());
        byte[] bits32 = new CraftedElf().Build();
        bits32[4] = 1;
        AssertUnchanged(ElfRepairStatus.NotElf, bits32);
    }

    [Fact]
    public void Should_Survive_Truncation_At_Every_Length()
    {
        byte[] whole = new CraftedElf().Build();
        for (int length = 0; length < whole.Length; length++)
        {
            // The section headers lie at the end, so no shorter file is complete.
            var status = AssertUnchanged(length < 6 ? ElfRepairStatus.NotElf : ElfRepairStatus.Malformed, whole[..length]).Status;
            Assert.NotEqual(ElfRepairStatus.Repaired, status);
        }
    }

    [Fact]
    public void Should_Survive_Any_Damage()
    {
        byte[] whole = new CraftedElf().Build();
        byte[] extremes = [0x00, 0x01, 0x7f, 0x80, 0xff];
        for (int at = 0; at < whole.Length; at++)
        {
            foreach (byte value in extremes)
            {
                byte[] damaged = (byte[])whole.Clone();
                damaged[at] = value;
                ElfVersionRepair.Apply(damaged);
                damaged = (byte[])whole.Clone();
                damaged.AsSpan(at, Math.Min(8, damaged.Length - at)).Fill(value);
                ElfVersionRepair.Apply(damaged);
            }
        }
    }

    private static ElfRepair AssertUnchanged(ElfRepairStatus expected, byte[] image)
    {
        byte[] before = (byte[])image.Clone();
        var answer = ElfVersionRepair.Apply(image);
        Assert.Equal(expected, answer.Status);
        Assert.Equal(before, image);
        Assert.NotEmpty(answer.Reason);
        return answer;
    }
}
