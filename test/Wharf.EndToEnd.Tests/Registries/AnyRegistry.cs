using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Registries;

/// <summary>Our registry or Debian's, for tests that both must pass.</summary>
internal sealed class AnyRegistry(bool ours, Engine engine) : IDisposable
{
    private readonly RegistryProcess? _own = ours ? new RegistryProcess(engine) : null;
    private readonly DebianRegistry? _other = ours ? null : new DebianRegistry(engine);

    public string Host => _own?.Host ?? _other!.Host;

    public void MoveTo(Engine next)
    {
        _own?.MoveTo(next);
        _other?.MoveTo(next);
    }

    public void Dispose()
    {
        _own?.Dispose();
        _other?.Dispose();
    }
}
