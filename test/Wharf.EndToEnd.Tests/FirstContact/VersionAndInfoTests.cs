using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.FirstContact;

public sealed class VersionAndInfoTests(SharedEngine shared) : EngineTest(shared)
{
    [Theory, MemberData(nameof(Clients))]
    public void Version_OfBothSides_IsShown(Client client)
    {
        string text = Run(client, "version").Ok().Out;
        Assert.Contains("Client:", text);
        Assert.Contains("Server:", text);
        Assert.Contains("API version:", text);
        Assert.Equal("1.55", Run(client, "version", "--format", "{{.Server.APIVersion}}").Ok().Text);
        Assert.Equal("1.24", Run(client, "version", "--format", "{{.Server.MinAPIVersion}}").Ok().Text);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Info_NamesWhatTheEngineHas(Client client)
    {
        string text = Run(client, "info").Ok().Out;
        foreach (string expected in (string[])["Containers:", " Running:", " Paused:", " Stopped:", "Images:", "Storage Driver:", "Backing Filesystem:",
            "Logging Driver: json-file", "Cgroup Driver:", "Cgroup Version:", "Volume: local", "Network:", "Log:", "Swarm: inactive", "Runtimes:", "Default Runtime:",
            "Init Binary:", "Security Options:", "seccomp", "Kernel Version:", "Operating System:", "CPUs:", "Total Memory:", "Name:", "ID:", "Docker Root Dir: " + Engine.DataRoot,
            "Insecure Registries:", "127.0.0.0/8", "Live Restore Enabled: true"])
        {
            Assert.Contains(expected, text);
        }
    }

    [Theory, MemberData(nameof(Clients))]
    public void UnknownCommand_IsRefusedWithAdvice(Client client) =>
        Run(client, "frobnicate").Fails(1, "frobnicate");
}
