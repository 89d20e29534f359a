using System.Diagnostics;
using System.Runtime.CompilerServices;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Wharf.Network.Tests.Lab;

/// <summary>
/// The tests change interfaces, routes and the firewall of "the host": before anything runs, the test program starts itself again in a network and mount
/// namespace of its own, where that harms nobody and from where no packet can leave the machine.
/// </summary>
internal static class OwnNamespaces
{
    private const string Mark = "WHARF_TEST_OWN_NETNS";

    [ModuleInitializer]
    internal static void Enter()
    {
        if (Environment.GetEnvironmentVariable(Mark) is not null || Environment.UserName != "root" || Environment.ProcessPath is not { } self)
        {
            return;
        }

        string[] arguments = Environment.GetCommandLineArgs();
        string[] head = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [self, arguments[0]] : [self];
        var start = new ProcessStartInfo("unshare", ["--net", "--mount", "--propagation", "private", .. head, .. arguments[1..]]);
        start.Environment[Mark] = "1";
        using Process child = Process.Start(start)!;
        child.WaitForExit();
        Environment.Exit(child.ExitCode);
    }
}
