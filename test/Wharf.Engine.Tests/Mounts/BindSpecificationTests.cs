using Wharf.Engine.Containers;
using Wharf.Engine.Mounts;
using Wharf.Primitives;

namespace Wharf.Engine.Tests.Mounts;

public sealed class BindSpecificationTests
{
    [Theory]
    [InlineData("/data", "volume", "", "/data", false, "")]
    [InlineData("vol:/data", "volume", "vol", "/data", false, "")]
    [InlineData("vol:/data:ro", "volume", "vol", "/data", true, "")]
    [InlineData("vol:/data:nocopy", "volume", "vol", "/data", false, "")]
    [InlineData("/host/../src:/data/./x/", "bind", "/src", "/data/x", false, "")]
    [InlineData("/src:/data:ro,rslave", "bind", "/src", "/data", true, "rslave")]
    [InlineData("/src:/data:z", "bind", "/src", "/data", false, "")]
    public void Parse_ValidForm_IsUnderstood(string raw, string type, string source, string destination, bool readOnly, string propagation)
    {
        ContainerMount mount = BindSpecification.Parse(raw, "");
        Assert.Equal((type, source, destination, readOnly, propagation), (mount.Type, type == "bind" ? mount.Source : mount.Name, mount.Destination, mount.ReadOnly, mount.Propagation));
        Assert.Equal(type == "bind", mount.CreateSource);
    }

    [Theory]
    [InlineData("", "invalid volume specification: ''")]
    [InlineData(":/x", "invalid volume specification: ':/x'")]
    [InlineData("/x:rw", "invalid volume specification: '/x:rw'")]
    [InlineData("a:b:c:d", "invalid volume specification: 'a:b:c:d'")]
    [InlineData("vol:rel", "invalid volume specification: 'vol:rel': invalid mount path: 'rel' mount path must be absolute")]
    [InlineData("/src:/", "invalid volume specification: '/src:/': invalid specification: destination can't be '/'")]
    [InlineData("/src:/x:ro,rw", "invalid mode: ro,rw")]
    [InlineData("/src:/x:shared,slave", "invalid mode: shared,slave")]
    [InlineData("a b:/x", "create a b: \"a b\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path")]
    public void Parse_InvalidForm_IsRefusedInDockersWords(string raw, string text)
    {
        var error = Assert.Throws<WharfException>(() => BindSpecification.Parse(raw, ""));
        Assert.Equal((ErrorKind.InvalidArgument, text), (error.Kind, error.Message));
    }

    [Theory]
    [InlineData("", "noexec,nosuid,nodev")]
    [InlineData("exec,size=64m", "nosuid,nodev,exec,size=64m")]
    [InlineData("rw,mode=1770,uid=7", "noexec,nosuid,nodev,rw,mode=1770,uid=7")]
    public void Tmpfs_Options_ReplaceTheirOpposites(string text, string expected) => Assert.Equal(expected, string.Join(',', TmpfsOptions.Parse(text)));

    [Theory]
    [InlineData("lowerdir=/")]
    [InlineData("bogus")]
    public void Tmpfs_UnknownOption_IsRefused(string text) => Assert.Equal($"invalid tmpfs option [\"{text}\"]", Assert.Throws<WharfException>(() => TmpfsOptions.Parse(text)).Message);
}
