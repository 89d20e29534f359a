using System.Globalization;
using System.Text.RegularExpressions;
using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds;

/// <summary>A context that cannot be read in place is sent once; later builds of it send what changed.</summary>
public sealed partial class SentContextTests(SharedEngine shared) : BuildTest(shared)
{
    private const int Large = 3_000_000;

    [Fact]
    public void Context_SentAgain_IsItsDifference()
    {
        string image = NewImage(), path = Path.Combine(Engine.Root, "relay" + Guid.NewGuid().ToString("N")[..6]);
        using var relay = new Relay(path, Engine.Socket);
        using var folder = new BuildFolder("FROM busybox\nCOPY . /c\nRUN ls -1R /c && cat /c/sub/f /c/named\n");
        folder.Write("sub/f", "one\n").Write("named", "n\n", 0b110_000_000).Link("link", "sub/f").Shell($"head -c {Large} /dev/urandom > large");
        Assert.True(Sent(path, folder, image) > Large);
        string sum = InImage(image, "sha256sum /c/large");

        Assert.True(Sent(path, folder, image) < Large / 10);
        folder.Write("sub/f", "two\n").Write("more", "m\n").Shell("chmod 711 named; touch large");
        Assert.True(Sent(path, folder, image) < Large / 10);
        Assert.Equal($"two\nm\n711\nsub/f\n{sum}", InImage(image, "cat /c/sub/f /c/more; stat -c %a /c/named; readlink /c/link; sha256sum /c/large"));

        Assert.Contains("source.local", Run(Client.Docker, "system", "df", "-v").Ok().Out);
        Run(Client.Docker, "builder", "prune", "-f", "--filter", "type=source.local").Ok();
        Assert.True(Sent(path, folder, image) > Large);
    }

    [Fact]
    public void Reference_ToNothing_IsRefused()
    {
        string answer = Engine.Http("POST /v1.55/build?contextbase=0123 HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Assert.Contains("are not kept any more", answer);
        Assert.Contains("has 64 hexadecimal digits", Engine.Get("/v1.55/build/context?key=../../etc/passwd"));
        Assert.EndsWith("\r\n\r\n", Engine.Get("/v1.55/build/context?key=" + new string('0', 64)).Replace("0\r\n\r\n", "", StringComparison.Ordinal));
    }

    /// <summary>Builds through the relay and answers how many bytes the context took.</summary>
    private double Sent(string socket, BuildFolder folder, string image)
    {
        var environment = Engine.ClientEnvironment();
        environment["DOCKER_HOST"] = "unix://" + socket;
        environment["DOCKER_BUILDKIT"] = "1";
        var result = Command.Run(Repository.Program("wharf"), ["build", "--progress=plain", "-t", image, folder.Path], null, environment, 240).Ok();
        Match size = SizeText().Match(result.Error);
        Assert.True(size.Success, result.ToString());
        return double.Parse(size.Groups[1].Value, CultureInfo.InvariantCulture) * size.Groups[2].Value switch { "B" => 1, "kB" => 1e3, "MB" => 1e6, _ => 1e9 };
    }

    [GeneratedRegex("transferring context: ([0-9.]+)([kMG]?B)")]
    private static partial Regex SizeText();
}
