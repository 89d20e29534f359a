using Microsoft.Win32.SafeHandles;
using Wharf.Linux;
using Wharf.Oci.Runtime;
using Wharf.Runtime.Cgroups;
using Wharf.Runtime.Launch;

namespace Wharf.Runtime.Tests.Launch;

public sealed class LaunchTests : IDisposable
{
    private readonly TestBundle _bundle = new();

    public void Dispose() => _bundle.Dispose();

    [Fact]
    public void Launch_ProgramPrintsItsPid_IsOneInItsNamespace()
    {
        (LaunchResult result, string output, int code) = _bundle.Run(_bundle.Spec("sh", "-c", "echo pid $$; hostname; id -u"));

        Assert.Null(result.Failure);
        Assert.Equal("pid 1\nbox\n0\n", output);
        Assert.Equal(0, code);
    }

    [Fact]
    public void Launch_MissingProgram_SaysWhatDockerSays()
    {
        (LaunchResult result, _, _) = _bundle.Run(_bundle.Spec("nope"));

        Assert.Equal("unable to start container process: exec: \"nope\": executable file not found in $PATH", result.Failure?.Message);
        Assert.Equal(127, result.Failure?.ExitCode);
    }
}
