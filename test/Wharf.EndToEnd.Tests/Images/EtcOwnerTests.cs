using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Images;

public sealed class EtcOwnerTests(SharedEngine shared) : EngineTest(shared)
{
    private readonly string _image = "i" + Guid.NewGuid().ToString("N")[..10];

    // The engine's own files in /etc (hosts, resolv.conf) must not take owner and mode of the folder away.
    [Theory]
    [InlineData("bridge")]
    [InlineData("none")]
    public void ImageWhoseEtcIsSomebodyElses_KeepsItInContainersAndInImagesOfThose(string network)
    {
        string name = NewName(), second = NewName();
        Run(Client.Docker, "run", "--name", name, "busybox", "sh", "-c", "chown 1001:1002 /etc && chmod 750 /etc").Ok();
        Run(Client.Docker, "commit", name, _image).Ok();

        Assert.Equal("1001:1002 750", Run(Client.Docker, "run", "--rm", "--network", network, _image, "stat", "-c", "%u:%g %a", "/etc").Ok().Text);
        Run(Client.Docker, "run", "--name", second, _image, "touch", "/etc/more").Ok();
        Run(Client.Docker, "commit", second, _image).Ok();
        Assert.Equal("1001:1002 750", Run(Client.Docker, "run", "--rm", "--network", network, _image, "stat", "-c", "%u:%g %a", "/etc").Ok().Text);
    }

    protected override void Clean() => Run(Client.Docker, "rmi", "-f", _image);
}
