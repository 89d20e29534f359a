using Wharf.EndToEnd.Tests.Harness;

[assembly: AssemblyFixture(typeof(SharedEngine))]
[assembly: CollectionBehavior(MaxParallelThreads = 3)]

namespace Wharf.EndToEnd.Tests.Harness;

/// <summary>One daemon for all tests that do not need their own, with the busybox image loaded.</summary>
public sealed class SharedEngine : IDisposable
{
    public SharedEngine()
    {
        Engine = new Engine();
        Engine.Load("busybox");
    }

    public Engine Engine { get; }

    public void Dispose() => Engine.Dispose();
}
