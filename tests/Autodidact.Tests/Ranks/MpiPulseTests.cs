using System.Net;
using System.Net.Sockets;
using Autodidact.Ranks.Mpi;

namespace Autodidact.Tests.Ranks;

public sealed class MpiPulseTests
{
    [Fact]
    public void Should_Connect_By_The_Address_That_Answers_And_Take_An_End_For_No_Cut()
    {
        var lost = new List<int>();
        using var first = new MpiPulse(lost.Add);

        // Nobody listens at the first address.
        var invitation = first.Listen([IPAddress.Parse("127.0.0.2"), IPAddress.Loopback]);
        using (var other = new MpiPulse(lost.Add))
        {
            Assert.True(other.Join(invitation, 3));
        }

        Thread.Sleep(200);
        Assert.Empty(lost);
    }

    [Fact]
    public void Should_Refuse_Who_Does_Not_Know_The_Token()
    {
        using var first = new MpiPulse(_ => { });
        using var other = new MpiPulse(_ => { });
        var words = first.Listen([IPAddress.Loopback]).Split(' ');
        Assert.False(other.Join(string.Join(' ', [new string('0', words[0].Length), .. words[1..]]), 1));
        Assert.True(other.Join(string.Join(' ', words), 1));
    }

    [Fact]
    public void Should_Do_Without_Where_No_Address_Answers()
    {
        using var other = new MpiPulse(_ => { });
        Assert.False(other.Join($"{new string('0', 32)} 1 127.0.0.1", 1));
        Assert.False(other.Join($"{new string('0', 32)} 1", 1));
    }

    [Theory]
    [InlineData(SocketError.TimedOut, true)]
    [InlineData(SocketError.HostUnreachable, true)]
    [InlineData(SocketError.ConnectionReset, false)]
    public void Should_Tell_A_Silent_Machine_From_A_Process_That_Ended(SocketError error, bool silent) =>
        Assert.Equal(silent, MpiPulse.IsSilence(error));
}
