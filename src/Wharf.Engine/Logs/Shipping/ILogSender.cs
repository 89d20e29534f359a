namespace Wharf.Engine.Logs.Shipping;

/// <summary>One line of a container on its way out of this machine; a piece of a longer line has no newline behind it.</summary>
/// <param name="Time">RFC 3339, always of the same width, so that texts compare as times.</param>
internal sealed record ShippedLine(bool IsError, string Time, byte[] Text, bool Partial)
{
    public DateTimeOffset Moment => DateTimeOffset.ParseExact(Time[..27] + "Z", "yyyy-MM-dd'T'HH:mm:ss.fffffffK", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Sends lines in one protocol. Connects when it must, and anew after an error.</summary>
internal interface ILogSender : IDisposable
{
    /// <summary>Opens the connection; does nothing when it stands.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">Nobody is there.</exception>
    Task ConnectAsync(CancellationToken ct);

    Task SendAsync(ShippedLine line, CancellationToken ct);

    /// <summary>Returns when what was sent has left this process.</summary>
    Task FlushAsync(CancellationToken ct);
}
