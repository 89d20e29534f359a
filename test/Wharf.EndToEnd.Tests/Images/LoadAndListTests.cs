using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Images;

public sealed class LoadAndListTests(SharedEngine shared) : EngineTest(shared)
{
    [Theory, MemberData(nameof(Clients))]
    public void Images_ListAndInspect(Client client)
    {
        Assert.Contains("busybox latest", Run(client, "images", "--format", "{{.Repository}} {{.Tag}}").Ok().Out);
        Assert.StartsWith("sha256:", Run(client, "image", "inspect", "-f", "{{.Id}}", "busybox").Ok().Text);
        Assert.Equal("[sh] amd64 linux", Run(client, "image", "inspect", "-f", "{{.Config.Cmd}} {{.Architecture}} {{.Os}}", "busybox").Ok().Text);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Tag_AndRemove_UntagOnly(Client client)
    {
        string tag = "local/" + NewName() + ":v1";
        Run(client, "tag", "busybox", tag).Ok();
        Assert.Equal(Run(client, "images", "-q", "--no-trunc", "busybox").Text, Run(client, "images", "-q", "--no-trunc", tag).Text);
        Assert.Equal("Untagged: " + tag, Run(client, "rmi", tag).Ok().Text);
        Run(client, "rmi", tag).Fails(1, "No such image: " + tag);
    }

    [Theory, MemberData(nameof(Clients))]
    public void Import_OfATar_RunsWithChanges(Client client)
    {
        string name = NewName();
        Run(client, "create", "--name", name, "busybox").Ok();
        string tar = Path.Combine(Engine.Root, name + ".tar");
        Run(client, "export", "-o", tar, name).Ok();
        string image = "imported/" + name;
        Assert.StartsWith("sha256:", Run(client, "import", "-c", "CMD [\"echo\",\"imported\"]", tar, image).Ok().Text);
        Assert.Equal("imported", Run(client, "run", "--rm", image).Ok().Text);
        Run(client, "rmi", image).Ok();
    }

    [Theory, MemberData(nameof(Clients))]
    public void Remove_OfAnImageInUse_NamesTheContainer(Client client)
    {
        string name = NewName(), image = "used/" + name;
        Run(client, "run", "--name", name, "busybox", "touch", "/changed").Ok();
        Run(client, "commit", name, image).Ok();
        Run(client, "run", "-d", "--name", name + "-user", image, "sleep", "600").Ok();
        Run(client, "rmi", image).Fails(1, $"conflict: unable to remove repository reference \"{image}\" (must force) - container ", " is using its referenced image");
    }

    [Fact]
    public void Load_OfRubbish_IsAClearError()
    {
        string file = Path.Combine(Engine.Root, "rubbish.tar");
        File.WriteAllText(file, "this is no archive");
        Run(Client.Docker, "load", "-i", file).Fails(1);
        Run(Client.Wharf, "load", "-i", file).Fails(1);
    }
}
