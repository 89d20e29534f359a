using Wharf.Images.Tests.Support;
using Wharf.Primitives;

namespace Wharf.Images.Tests.Interoperation;

/// <summary>Images to and from podman and buildah: by archive, by layout and by registry.</summary>
public sealed class PodmanTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("wharf-podman-").FullName;
    private readonly TestImage _image = TestImage.Make([("a", "1"), ("dir/b", "2")], [("dir/.wh.b", ""), ("c", "3")]);

    public PodmanTests() => File.WriteAllText(Policy, "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}");

    private string Policy => Path.Combine(_root, "policy.json");

    public void Dispose() => System.Diagnostics.Process.Start("/bin/rm", ["-rf", _root]).WaitForExit();

    [Fact]
    public async Task Podman_LoadsWhatWeSave_AndWeLoadWhatItSaves()
    {
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive("localhost/app:1"));
        string archive = Path.Combine(_root, "ours.tar");
        await File.WriteAllBytesAsync(archive, await lab.SaveAsync("localhost/app:1"), ImageLab.Ct);

        await PodmanAsync("load", "-i", archive);
        Assert.Equal(_image.Id.Encoded, (await PodmanAsync("image", "inspect", "--format", "{{.Id}}", "localhost/app:1")).Trim());

        foreach (string format in (string[])["docker-archive", "oci-archive"])
        {
            string theirs = Path.Combine(_root, format + ".tar");
            await PodmanAsync("save", "--format", format, "-o", theirs, "localhost/app:1");
            await using ImageLab other = await ImageLab.OpenAsync();
            Digest id = Assert.Single(await other.LoadAsync(await File.ReadAllBytesAsync(theirs, ImageLab.Ct)));
            Assert.Equal(_image.Layers.Select(l => Digest.Sha256(l)), other.Service.Inspect(id.ToString()).Layers.Select(l => l.DiffId));
        }
    }

    [Fact]
    public async Task Buildah_CommitsOnWhatWePush_AndWePullWhatItPushes()
    {
        using DebianRegistry registry = await DebianRegistry.StartAsync();
        await using ImageLab lab = await ImageLab.OpenAsync();
        await lab.LoadAsync(_image.DockerArchive($"{registry.Host}/app:1"));
        await lab.PushAsync($"{registry.Host}/app:1");

        string container = (await BuildahAsync("from", "--tls-verify=false", $"{registry.Host}/app:1")).Trim();
        string added = Path.Combine(_root, "added");
        await File.WriteAllTextAsync(added, "by buildah", ImageLab.Ct);
        await BuildahAsync("copy", container, added, "/added");
        await BuildahAsync("config", "--label", "made=there", container);
        await BuildahAsync("commit", container, $"{registry.Host}/built:1");
        await BuildahAsync("push", "--tls-verify=false", $"{registry.Host}/built:1");
        await lab.PullAsync($"{registry.Host}/built:1");

        var built = lab.Service.Inspect($"{registry.Host}/built:1");
        Assert.Equal(3, built.Layers.Count);
        Assert.Equal("there", built.Config.Config!.Labels!["made"]);
        Assert.Equal("by buildah", await File.ReadAllTextAsync(lab.FileInLayer("added"), ImageLab.Ct));
    }

    private Task<string> PodmanAsync(string command, params string[] arguments) => Tool.RunAsync("/usr/bin/podman",
        ["--root", Path.Combine(_root, "store"), "--runroot", Path.Combine(_root, "run"), "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", command, .. arguments]);

    private Task<string> BuildahAsync(string command, params string[] arguments) => Tool.RunAsync("/usr/bin/buildah",
        ["--root", Path.Combine(_root, "store"), "--runroot", Path.Combine(_root, "run"), "--storage-driver", "vfs", command,
            .. (command is "from" or "commit" or "push" ? (string[])["--signature-policy", Policy] : []), .. arguments]);
}
