using System.Globalization;
using System.Text;
using Wharf.Primitives;

namespace Wharf.Engine.Logs.Shipping;

/// <summary>How far a container's log has been sent: the time of the last line, and how many lines of that very time were. Kept beside the log.</summary>
internal sealed class ShippedPosition(string path)
{
    private string _time = "";
    private long _count;
    private string _seenTime = "";
    private long _seenCount;

    public static ShippedPosition Load(string path)
    {
        var position = new ShippedPosition(path);
        if (File.Exists(path) && File.ReadAllText(path).Split(' ') is [var time, var count] && long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            (position._time, position._count) = (time, number);
        }

        return position;
    }

    /// <summary>Whether a line, the next of the log, was sent before.</summary>
    public bool WasSent(string time)
    {
        _seenCount = time == _seenTime ? _seenCount + 1 : 1;
        _seenTime = time;
        int order = string.CompareOrdinal(time, _time);
        return order < 0 || (order == 0 && _seenCount <= _count);
    }

    public void Sent(string time)
    {
        _count = time == _time ? _count + 1 : 1;
        _time = time;
    }

    // A power cut may cost the newest position, and so send a few lines twice; a flush per batch would cost every container time.
    public void Save() => AtomicFile.Write(path, Encoding.ASCII.GetBytes($"{_time} {_count.ToString(CultureInfo.InvariantCulture)}"), durable: false);
}
