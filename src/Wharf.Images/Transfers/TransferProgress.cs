namespace Wharf.Images.Transfers;

/// <summary>Hands events on one at a time, and bars not more often than people can see.</summary>
internal sealed class TransferProgress(IProgress<TransferEvent> target, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _lastBars = new(StringComparer.Ordinal);

    public void Message(string status) => Send(TransferEvent.Message(status));

    public void Stream(string text) => Send(new TransferEvent { Stream = text });

    public void Status(string id, string status) => Send(TransferEvent.Of(id, status));

    public void Send(TransferEvent transferEvent)
    {
        lock (_lock)
        {
            target.Report(transferEvent);
        }
    }

    /// <summary>A bar; the last one (current = total) always gets through.</summary>
    public void Bar(string id, string status, long current, long total)
    {
        long now = clock.GetTimestamp();
        lock (_lock)
        {
            if (current < total && _lastBars.TryGetValue(id, out long last) && clock.GetElapsedTime(last, now) < Interval)
            {
                return;
            }

            _lastBars[id] = now;
            target.Report(TransferEvent.Of(id, status, current, total));
        }
    }
}
