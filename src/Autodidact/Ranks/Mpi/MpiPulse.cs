using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Autodidact.Ranks.Mpi;

/// <summary>
/// Notices a machine that is cut off, also while ranks wait patiently for each other. A rank of each other machine holds a connection to
/// the first rank on which nothing is said: the system at its other end answers probes, whatever the process there is at. Where a machine
/// cannot be connected with, nothing watches it.
/// </summary>
/// <param name="lost">Told which rank's machine answers no longer, on a thread of its own.</param>
internal sealed class MpiPulse(Action<int> lost) : IDisposable
{
    private const int QuietSeconds = 15;
    private const int SecondsBetween = 5;
    private const int Probes = 3;
    private const int TokenBytes = 16;
    private const byte Welcome = 1;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _over = new();
    private readonly byte[] _token = RandomNumberGenerator.GetBytes(TokenBytes);
    private Socket? _listener;

    /// <summary>After how long a machine is missed that does not answer.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(QuietSeconds + SecondsBetween * Probes);

    /// <summary>Waits for connections, as the first rank.</summary>
    /// <returns>What <see cref="Join"/> needs.</returns>
    public string Listen() => Listen(
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .Where(card => card.OperationalStatus == OperationalStatus.Up && card.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => !address.IsIPv6LinkLocal),
    ]);

    /// <inheritdoc cref="Listen()"/>
    /// <param name="addresses">The addresses by which other machines may reach this one.</param>
    internal string Listen(IReadOnlyList<IPAddress> addresses)
    {
        _listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(_listener.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0));
        _listener.Listen(1024);
        Go(() => Accept(_listener));
        var port = ((IPEndPoint)_listener.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
        return string.Join(' ', [Convert.ToHexString(_token), port, .. addresses]);
    }

    /// <summary>Connects with the first rank.</summary>
    /// <param name="invitation">The answer of its <see cref="Listen()"/>.</param>
    /// <param name="rank">This rank.</param>
    /// <returns>Whether one of its addresses answered.</returns>
    public bool Join(string invitation, int rank)
    {
        var words = invitation.Split(' ');
        byte[] hello = [.. Convert.FromHexString(words[0]), .. BitConverter.GetBytes(rank)];
        foreach (var address in words[2..])
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            var there = new IPEndPoint(IPAddress.Parse(address), int.Parse(words[1], CultureInfo.InvariantCulture));
            if (Try(async limit =>
                {
                    await socket.ConnectAsync(there, limit);
                    await socket.SendAsync(hello, limit);
                    var answer = new byte[1];
                    return await socket.ReceiveAsync(answer, limit) == 1 && answer[0] == Welcome;
                }).GetAwaiter().GetResult())
            {
                Go(() => Watch(socket, 0));
                return true;
            }

            socket.Dispose();
        }

        return false;
    }

    public void Dispose()
    {
        _over.Cancel();
        _listener?.Dispose();
    }

    private static void Go(Func<Task> work) => _ = Task.Run(work);

    private async Task Accept(Socket listener)
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptAsync(_over.Token);
                Go(() => Greet(socket));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // A caller who went again, or the end.
            }
        }
    }

    /// <summary>Takes one who knows the token; anybody may call.</summary>
    private async Task Greet(Socket socket)
    {
        var hello = new byte[TokenBytes + sizeof(int)];
        var known = await Try(async limit =>
        {
            for (var at = 0; at < hello.Length;)
            {
                var read = await socket.ReceiveAsync(hello.AsMemory(at), limit);
                if (read == 0) return false;
                at += read;
            }

            if (!CryptographicOperations.FixedTimeEquals(hello.AsSpan(0, TokenBytes), _token)) return false;
            await socket.SendAsync(new[] { Welcome }, limit);
            return true;
        });
        if (known) await Watch(socket, BitConverter.ToInt32(hello, TokenBytes));
        else socket.Dispose();
    }

    /// <summary>Waits until the other end goes, which its launcher notices, or answers no longer, which this does.</summary>
    private async Task Watch(Socket socket, int rank)
    {
        using var watched = socket;
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, QuietSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, SecondsBetween);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
            await socket.ReceiveAsync(new byte[1], _over.Token);
        }
        catch (SocketException e) when (IsSilence(e.SocketErrorCode) && !_over.IsCancellationRequested)
        {
            lost(rank);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // It ended, or this one does.
        }
    }

    internal static bool IsSilence(SocketError error) =>
        error is SocketError.TimedOut or SocketError.HostUnreachable or SocketError.HostDown or SocketError.NetworkUnreachable
            or SocketError.NetworkDown;

    private async Task<bool> Try(Func<CancellationToken, Task<bool>> work)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
        limit.CancelAfter(Patience);
        try
        {
            return await work(limit.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }
}
