using Wharf.Runtime.Shims.Protocol;

namespace Wharf.Shim.Control;

/// <summary>What the shim does with what comes over its socket.</summary>
internal interface IRequestHandler
{
    void Connected(ControlConnection connection);

    void Disconnected(ControlConnection connection);

    /// <summary>Answers through <see cref="ControlConnection.Send"/>, now or later.</summary>
    void Handle(ControlConnection connection, ShimRequest request);
}
