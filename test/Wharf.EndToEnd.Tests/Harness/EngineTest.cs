namespace Wharf.EndToEnd.Tests.Harness;

/// <summary>Base of tests on the shared daemon: unique names, and containers that go away with the test.</summary>
public abstract class EngineTest(SharedEngine shared) : IDisposable
{
    private readonly List<string> _containers = [];

    public static TheoryData<Client> Clients => [Client.Docker, Client.Wharf];

    protected Engine Engine { get; } = shared.Engine;

    /// <summary>A name no other test uses; the container of that name is removed after the test.</summary>
    protected string NewName()
    {
        string name = "t" + Guid.NewGuid().ToString("N")[..10];
        _containers.Add(name);
        return name;
    }

    protected CommandResult Run(Client client, params string[] arguments) => Engine.Run(client, arguments);

    protected string Inspect(string name, string format) => Run(Client.Docker, "inspect", "-f", format, name).Ok().Text;

    protected static void Eventually(Func<bool> condition, string what) => Patience.Until(condition, what);

    /// <summary>What else a kind of test takes away after itself.</summary>
    protected virtual void Clean()
    {
    }

    public void Dispose()
    {
        if (_containers.Count > 0)
        {
            Run(Client.Docker, ["rm", "-f", "-v", .. _containers]);
        }

        Clean();
        GC.SuppressFinalize(this);
    }
}
