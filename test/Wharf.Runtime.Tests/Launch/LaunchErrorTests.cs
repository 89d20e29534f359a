using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Primitives;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Tests.Launch;

public sealed class LaunchErrorTests : IDisposable
{
    private const string Prefix = "unable to start container process: ";

    private readonly TestBundle _bundle = new();

    public void Dispose() => _bundle.Dispose();

    [Theory]
    [InlineData("nope", "exec: \"nope\": executable file not found in $PATH", 127)]
    [InlineData("", "exec: \"\": executable file not found in $PATH", 127)]
    [InlineData("/nope", "exec: \"/nope\": stat /nope: no such file or directory", 127)]
    [InlineData("/etc", "exec: \"/etc\": permission denied", 126)]
    [InlineData("/etc/plain", "exec: \"/etc/plain\": permission denied", 126)]
    [InlineData("/etc/plain/x", "exec: \"/etc/plain/x\": stat /etc/plain/x: not a directory", 126)]
    [InlineData("/etc/garbage", "exec /etc/garbage: exec format error", 126)]
    [InlineData("/etc/script", "exec /etc/script: no such file or directory", 127)]
    public void Launch_ProgramThatCannotRun_SaysWhatDockerSays(string program, string expected, int exitCode)
    {
        File.WriteAllText(_bundle.Rootfs + "/etc/plain", "x");
        Executable("garbage", "garbage");
        Executable("script", "#!/no/such/interpreter\n");

        (LaunchResult result, _, _) = _bundle.Run(_bundle.Spec(program));

        Assert.Equal(new LaunchFailure(Prefix + expected, exitCode), result.Failure);
    }

    [Fact]
    public void Launch_DirectoryOverFile_AsksDockersQuestion()
    {
        File.WriteAllText(_bundle.Rootfs + "/etc/file", "");
        RuntimeSpec spec = _bundle.Spec("true");
        spec = spec with { Mounts = [.. spec.Mounts!, new() { Destination = "/etc/file", Type = "bind", Source = "/tmp", Options = ["rbind"] }] };

        (LaunchResult result, _, _) = _bundle.Run(spec);

        Assert.StartsWith(Prefix + "error during container init: error mounting \"/tmp\" to rootfs at \"/etc/file\":", result.Failure?.Message);
        Assert.Contains("Are you trying to mount a directory onto a file (or vice-versa)?", result.Failure?.Message);
        Assert.Equal(128, result.Failure?.ExitCode);
    }

    [Fact]
    public void Compile_MissingBindSource_NamesIt()
    {
        RuntimeSpec spec = _bundle.Spec("true");
        spec = spec with { Mounts = [new() { Destination = "/x", Type = "bind", Source = "/no/such/source", Options = ["rbind"] }] };

        var e = Assert.Throws<WharfException>(() => _bundle.Run(spec));

        Assert.Equal("error mounting \"/no/such/source\" to rootfs at \"/x\": stat /no/such/source: no such file or directory", e.Message);
    }

    [Fact]
    public void Launch_MissingLayer_NamesTheStep()
    {
        RuntimeSpec spec = _bundle.Spec("true");
        (LaunchResult result, _, _) = _bundle.Run(spec, r => r with
        {
            Rootfs = new Shims.RootfsMount { Type = "overlay", Lower = ["/no/such/layer"], Upper = _bundle.Path, Work = _bundle.Path },
        });

        Assert.Contains("error mounting rootfs", result.Failure?.Message);
        Assert.Equal(128, result.Failure?.ExitCode);
    }

    [Theory]
    [InlineData("RLIMIT_NONSENSE", "unknown rlimit \"RLIMIT_NONSENSE\"")]
    public void Compile_UnknownLimit_IsRefused(string type, string expected)
    {
        RuntimeSpec spec = _bundle.Spec("true");
        spec = spec with { Process = spec.Process! with { Rlimits = [new() { Type = type }] } };

        Assert.Equal(expected, Assert.Throws<WharfException>(() => _bundle.Run(spec)).Message);
    }

    [Fact]
    public void Compile_MembersNobodyCarriesOut_AreRefusedByName()
    {
        RuntimeSpec spec = _bundle.Spec("true");

        Assert.Contains("linux.intelRdt", Assert.Throws<WharfException>(() => _bundle.Run(spec with { Linux = spec.Linux! with { IntelRdt = new() } })).Message);
        Assert.Contains("time namespaces", Assert.Throws<WharfException>(() => _bundle.Run(spec with { Linux = spec.Linux! with { Namespaces = [new() { Type = "time" }] } })).Message);
    }

    private void Executable(string name, string content)
    {
        string path = $"{_bundle.Rootfs}/etc/{name}";
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }
}
