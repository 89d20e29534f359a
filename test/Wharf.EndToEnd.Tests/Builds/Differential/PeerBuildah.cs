using Wharf.EndToEnd.Tests.Harness;

namespace Wharf.EndToEnd.Tests.Builds.Differential;

/// <summary>Debian's buildah with a store of its own and no network: the third opinion on what a Dockerfile makes.</summary>
public sealed class PeerBuildah : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("wharf-buildah-").FullName;

    public PeerBuildah()
    {
        Packages.Need("/usr/bin/buildah", "buildah");
        Buildah("pull", "-q", "docker-archive:" + Repository.TestImage("busybox")).Ok();
    }

    /// <summary>Builds a folder and saves the result as an archive of Docker's form.</summary>
    public void Build(string folder, string image, string archive)
    {
        // Without any isolation of its own that this machine's cgroups could stand in the way of.
        Buildah("bud", "--isolation", "chroot", "--network", "host", "--layers", "--format", "docker", "--pull-never", "-q", "-t", image, folder).Ok();
        Buildah("push", "-q", image, $"docker-archive:{archive}:{image}:latest").Ok();
    }

    public void Dispose()
    {
        Buildah("rmi", "-a", "-f");
        Command.Run("rm", ["-rf", _root]);
    }

    private CommandResult Buildah(params string[] arguments) => Command.Run(
        "unshare", ["-n", "-m", "buildah", "--root", _root + "/root", "--runroot", _root + "/run", "--storage-driver", "overlay", .. arguments], timeoutSeconds: 300);
}
