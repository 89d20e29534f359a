using Wharf.Linux.Netlink;
using Wharf.Network.Sandboxes;
using Wharf.Network.Tests.Lab;

namespace Wharf.Network.Tests.Sandboxes;

public sealed class NamespacePoolTests
{
    [Fact]
    public async Task Start_FolderOfNamespacesTakenAway_MakesItAgain()
    {
        await using NetworkLab lab = await NetworkLab.Create(o => o with { ReadyNamespaces = 0 });
        string folder = Path.Combine(lab.Options.ExecRoot, "netns");
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            NetworkNamespace.Unbind(path);
        }

        Directory.Delete(folder);

        (Sandbox sandbox, _) = await lab.Start(NetworkLab.Container("first"));

        Assert.StartsWith(folder, sandbox.Key, StringComparison.Ordinal);
        Assert.True(File.Exists(sandbox.Key));
    }

    [Fact]
    public async Task Refill_FolderCannotBeMade_IsLoggedAndHarmsNobody()
    {
        await using NetworkLab lab = await NetworkLab.Create(o => o with { ReadyNamespaces = 0 });
        List<string> journal = [];
        string folder = Path.Combine(lab.Options.ExecRoot, "pool");
        using var thread = new NamespaceThread("pool");
        using var pool = new NamespacePool(thread, folder, 1, new NetworkLab.ListLog(journal));
        Directory.Delete(folder);
        await File.WriteAllTextAsync(folder, "in the way", TestContext.Current.CancellationToken);

        pool.Refill();

        string[] said = [];
        for (int i = 0; i < 1000 && said.Length == 0; i++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            lock (journal)
            {
                said = [.. journal];
            }
        }

        Assert.Contains("cannot prepare network namespaces", said[0], StringComparison.Ordinal);
    }
}
