using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Runtime.Logging;
using Wharf.Runtime.Shims.Protocol;
using Wharf.Shim.Loop;

namespace Wharf.Shim.Streams;

/// <summary>
/// The stdio of one process: its outputs to the log and to every attached client, every client's input to its stdin. Clients may come
/// before the process does. Life: clients attach; <see cref="Start"/>; <see cref="ProcessEnded"/>; the outputs end; <see cref="Finish"/>.
/// </summary>
internal sealed class StdioHub(EventLoop loop, SharedBuffers buffers, StreamLimits limits)
{
    // A queue takes what one round of both outputs may still bring after the container is held, and the rest after its end.
    private const int Reserve = 1 << 20;

    // Both outputs read once more.
    private const int OneRound = 300 * 1024;
    private static readonly TimeSpan StallCheck = TimeSpan.FromSeconds(1);

    private readonly List<AttachClient> _clients = [];
    private readonly List<OutputPump> _pumps = [];
    private StdinPump? _stdin;
    private IOutputLog? _log;
    private LoopTimer? _stallTimer;
    private bool _terminal;
    private bool _stdinOnce;
    private bool _held;
    private bool _ended;

    public bool IsStarted { get; private set; }

    /// <summary>All outputs have reached their end and are in the log.</summary>
    public bool IsDrained => IsStarted && _pumps.TrueForAll(p => p.IsClosed);

    /// <summary>No output is read until a client that is far behind has caught up.</summary>
    public bool IsHeld => _held;

    public bool HasClients => _clients.Count > 0;

    public bool CanTakeInput => IsStarted && !(_stdin?.IsBlocked ?? false);

    /// <summary>Raised when the last output has ended.</summary>
    public Action? Drained { get; set; }

    /// <summary>Raised when a client has gone.</summary>
    public Action? ClientGone { get; set; }

    /// <returns>Null when there are too many clients already.</returns>
    public AttachClient? Attach(SafeFileHandle socket, ShimAttachFlags flags)
    {
        if (_clients.Count >= limits.MaxClients)
        {
            return null;
        }

        var client = new AttachClient(this, loop, buffers, socket, flags, limits.HighWater + Reserve);
        SettleClients();
        _clients.Add(client);
        if (_ended && IsDrained)
        {
            client.Finish();
        }
        else
        {
            Welcome(client);
        }

        return client;
    }

    /// <summary>The process runs: its ends are ours from here on.</summary>
    /// <param name="stdin">Null when the process has no input of ours.</param>
    public void Start(SafeFileHandle? stdin, SafeFileHandle stdout, SafeFileHandle? stderr, bool terminal, bool stdinOnce, IOutputLog? log)
    {
        _terminal = terminal;
        _stdinOnce = stdinOnce;
        _log = log;
        _stdin = stdin is null ? null : new StdinPump(this, loop, stdin);
        _pumps.Add(new OutputPump(this, loop, buffers, stdout, LogStream.Stdout, terminal));
        if (stderr is not null)
        {
            _pumps.Add(new OutputPump(this, loop, buffers, stderr, LogStream.Stderr, terminal));
        }

        IsStarted = true;
        foreach (AttachClient client in _clients.ToArray())
        {
            Welcome(client);
        }
    }

    /// <summary>The process has ended: its stdin is closed; output that it or its children left is still read.</summary>
    public void ProcessEnded()
    {
        _ended = true;
        SettleClients();
        _stdin?.Abandon();
        if (_held && !_clients.Exists(IsBehind))
        {
            Release();
        }
    }

    /// <summary>No output is awaited any more: clients are let go as soon as they have what is theirs.</summary>
    public void Finish()
    {
        _ended = true;
        IsStarted = true;
        SettleClients();
        _stallTimer?.Cancel();
        foreach (OutputPump pump in _pumps)
        {
            if (!pump.IsClosed)
            {
                pump.Close();
                _log?.End(pump.Stream, DateTime.UtcNow);
            }
        }

        _stdin?.Abandon();
        foreach (AttachClient client in _clients.ToArray())
        {
            client.Finish();
        }
    }

    public void CutClients()
    {
        foreach (AttachClient client in _clients.ToArray())
        {
            client.Cut();
        }
    }

    /// <param name="frame">Docker's header and the payload.</param>
    public void Output(LogStream stream, ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> payload = frame[SharedBuffers.HeaderSize..];
        _log?.Write(stream, payload, DateTime.UtcNow);
        ShimAttachFlags wanted = FlagOf(stream);
        for (int i = _clients.Count - 1; i >= 0; i--)
        {
            if (i < _clients.Count && (_clients[i].Flags & wanted) != 0)
            {
                _clients[i].Send(IsRaw(_clients[i].Flags) ? payload : frame);
            }
        }

        HoldIfBehind();
    }

    /// <summary>The client that an output goes to when it goes nowhere else, and can be passed on without a look at it; otherwise null.</summary>
    public AttachClient? OnlyReader(LogStream stream)
    {
        if (_log is not null || _ended)
        {
            return null;
        }

        ShimAttachFlags wanted = FlagOf(stream);
        AttachClient? only = null;
        foreach (AttachClient client in _clients)
        {
            if ((client.Flags & wanted) != 0)
            {
                if (only is not null || !client.TakesFromPipes)
                {
                    return null;
                }

                only = client;
            }
        }

        return only;
    }

    /// <summary>Somebody waits for a client: it is cut off when it takes nothing for too long.</summary>
    public void WatchForStalls()
    {
        _stallTimer ??= new LoopTimer(loop, CheckStalled);
        if (!_stallTimer.IsArmed)
        {
            _stallTimer.Restart(StallCheck);
        }
    }

    public void OutputEnded(LogStream stream)
    {
        _log?.End(stream, DateTime.UtcNow);
        if (IsDrained)
        {
            Drained?.Invoke();
        }
    }

    public void Input(ReadOnlySpan<byte> data)
    {
        _stdin?.Write(data);
        if (!CanTakeInput)
        {
            UpdateInterests();
        }
    }

    /// <summary>A client has closed its sending side.</summary>
    /// <returns>Whether the client goes on to receive: as Docker has it, only when its end of input is the process's end of input.</returns>
    public bool InputEnded()
    {
        if (!_stdinOnce || _terminal)
        {
            return false;
        }

        _stdin?.CloseAfterRest();
        return true;
    }

    public void InputUnblocked() => UpdateInterests();

    public void QueueDrained(AttachClient client)
    {
        if (_held && client.Waiting <= limits.LowWater && !_clients.Exists(IsBehind))
        {
            Release();
        }
    }

    public void ClientClosed(AttachClient client)
    {
        if (!_clients.Remove(client))
        {
            return;
        }

        if (_held && !_clients.Exists(IsBehind))
        {
            Release();
        }

        ClientGone?.Invoke();
    }

    // A client that does not say in which form it wants a terminal's output gets it as it is.
    public bool IsRaw(ShimAttachFlags flags) =>
        (flags & ShimAttachFlags.Framed) == 0 && (_terminal || (flags & ShimAttachFlags.Raw) != 0);

    private static ShimAttachFlags FlagOf(LogStream stream) => stream == LogStream.Stdout ? ShimAttachFlags.Stdout : ShimAttachFlags.Stderr;

    private void Welcome(AttachClient client)
    {
        // Input for a process without stdin is not read at all; its end means nothing then.
        if (IsStarted && _stdin is null)
        {
            client.IgnoreInput();
        }

        client.UpdateInterest();
    }

    private void UpdateInterests()
    {
        for (int i = _clients.Count - 1; i >= 0; i--)
        {
            _clients[i].UpdateInterest();
        }
    }

    // What a process leaves behind in its pipes fits into the reserve: its exit does not wait for a slow client.
    private bool IsBehind(AttachClient client) => _ended ? client.Free < OneRound : client.Waiting >= limits.HighWater;

    public void HoldIfBehind()
    {
        if (_held)
        {
            return;
        }

        foreach (AttachClient client in _clients)
        {
            if (IsBehind(client))
            {
                Hold();
                return;
            }
        }
    }

    private void Hold()
    {
        _held = true;
        foreach (OutputPump pump in _pumps)
        {
            if (!pump.IsClosed)
            {
                pump.Hold();
            }
        }

        WatchForStalls();
    }

    private void SettleClients()
    {
        foreach (AttachClient client in _clients.ToArray())
        {
            client.Settle();
        }
    }

    private void Release()
    {
        _held = false;
        foreach (OutputPump pump in _pumps)
        {
            if (!pump.IsClosed)
            {
                pump.Resume();
            }
        }
    }

    private void CheckStalled()
    {
        TimeSpan patience = _clients.Count > 1 ? limits.StallAmongOthers : limits.StallAlone;
        long now = Environment.TickCount64;
        foreach (AttachClient client in _clients.ToArray())
        {
            if ((client.HoldsBack || IsBehind(client)) && now - client.LastProgress > patience.TotalMilliseconds)
            {
                client.Cut();
            }
        }

        if (_held || _clients.Exists(c => c.HoldsBack))
        {
            WatchForStalls();
        }
    }
}
