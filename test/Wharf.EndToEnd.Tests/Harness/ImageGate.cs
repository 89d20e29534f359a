namespace Wharf.EndToEnd.Tests.Harness;

/// <summary>Lets one test at a time load images into an engine.</summary>
internal sealed class ImageGate : IDisposable
{
    private readonly object _gate;

    private ImageGate(object gate) => _gate = gate;

    public static ImageGate Enter(object gate)
    {
        Monitor.Enter(gate);
        return new ImageGate(gate);
    }

    public void Dispose() => Monitor.Exit(_gate);
}
