using System.Runtime.InteropServices;

namespace Wharf.Cli.Framework.Sessions;

/// <summary>Sends the signals that reach the client on to the container, as long as it lives.</summary>
internal sealed class SignalForwarder : IDisposable
{
    private static readonly (int Number, string Name)[] Forwarded =
    [
        (1, "HUP"), (2, "INT"), (3, "QUIT"), (10, "USR1"), (12, "USR2"), (15, "TERM"), (18, "CONT"), (20, "TSTP"), (28, "WINCH"),
    ];

    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <param name="send">Gets the signal's name; runs on a thread of its own.</param>
    public SignalForwarder(Action<string> send)
    {
        foreach ((int number, string name) in Forwarded)
        {
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)number, context =>
            {
                context.Cancel = true;
                send(name);
            }));
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }
}
