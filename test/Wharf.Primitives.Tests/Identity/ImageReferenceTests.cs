using FsCheck;
using FsCheck.Fluent;

namespace Wharf.Primitives.Tests.Identity;

public sealed class ImageReferenceTests
{
    private const string Hash = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox", "busybox")]
    [InlineData("busybox:1.36", "docker.io/library/busybox:1.36", "busybox:1.36")]
    [InlineData("user/app", "docker.io/user/app", "user/app")]
    [InlineData("docker.io/busybox", "docker.io/library/busybox", "busybox")]
    [InlineData("index.docker.io/user/app", "docker.io/user/app", "user/app")]
    [InlineData("localhost/app", "localhost/app", "localhost/app")]
    [InlineData("localhost:5000/a/b:c", "localhost:5000/a/b:c", "localhost:5000/a/b:c")]
    [InlineData("[::1]:5000/app", "[::1]:5000/app", "[::1]:5000/app")]
    [InlineData("a@" + Hash, "docker.io/library/a@" + Hash, "a@" + Hash)]
    [InlineData("a__b/c--d/e.f", "docker.io/a__b/c--d/e.f", "a__b/c--d/e.f")]
    public void Reference_IsNormalised(string text, string full, string familiar)
    {
        var reference = ImageReference.Parse(text);
        Assert.Equal(full, reference.ToString());
        Assert.Equal(familiar, reference.Familiar);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":tag")]
    [InlineData("a:")]
    [InlineData("a b")]
    [InlineData("Upper")]
    [InlineData("a//b")]
    [InlineData("a/-b")]
    [InlineData("a.-b")]
    [InlineData("a___b")]
    [InlineData("a..b")]
    [InlineData("a:ta g")]
    [InlineData("a@sha256:12")]
    [InlineData("-host.com/a")]
    [InlineData("host:port/a")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void Malformed_IsRefused(string text) => Assert.False(ImageReference.TryParse(text, out _));

    [Theory]
    [InlineData("Upper", "library/Upper")]
    [InlineData("NoSuch:Bad:Ref", "library/NoSuch")]
    [InlineData("host.com/a/B:c", "a/B")]
    public void Uppercase_IsNamedWithoutItsTag(string text, string named)
    {
        Assert.False(ImageReference.TryParse(text, out _, out string? mistake));
        Assert.Equal($"invalid reference format: repository name ({named}) must be lowercase", mistake);
    }

    [Fact]
    public void ParsedReference_ParsesToItself() =>
        Prop.ForAll(Gen.Elements("a", "B", "0", ".", "-", "_", "/", ":", "@", "sha256", Hash, "localhost", "é", " ").ListOf().ToArbitrary(), parts =>
        {
            if (ImageReference.TryParse(string.Concat(parts), out var reference))
            {
                Assert.Equal(reference, ImageReference.Parse(reference.ToString()));
                Assert.Equal(reference, ImageReference.Parse(reference.Familiar));
            }
        }).QuickCheckThrowOnFailure();
}
