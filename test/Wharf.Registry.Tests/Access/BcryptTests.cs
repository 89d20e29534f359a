using Wharf.Registry.Access;

namespace Wharf.Registry.Tests.Access;

public sealed class BcryptTests
{
    // Published vectors of jBCrypt and OpenBSD, and one of "htpasswd -B" of Apache.
    [Theory]
    [InlineData("a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe")]
    [InlineData("abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC")]
    [InlineData("~!@#$%^&*()      ~!@#$%^&*()PNBFRD", "$2a$06$fPIsBO8qRqkjj273rfaOI.HtSV9jLDpTbZn782DC6/t7qT67P6FfO")]
    [InlineData("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    public void Password_ThatIsRight_FitsAPublishedHash(string password, string hash)
    {
        Assert.True(Bcrypt.Verify(password, hash));
        Assert.False(Bcrypt.Verify(password + "x", hash));
    }

    [Theory]
    [InlineData("correct horse")]
    [InlineData("пароль")]
    [InlineData("")]
    public void Hash_MadeHere_Verifies(string password)
    {
        string hash = Bcrypt.Hash(password, 4);
        Assert.True(Bcrypt.IsHash(hash));
        Assert.True(Bcrypt.Verify(password, hash));
        Assert.False(Bcrypt.Verify(password + " ", hash));
    }

    [Fact]
    public void Password_BeyondSeventyTwoBytes_IsCutAsBcryptCutsIt()
    {
        string hash = Bcrypt.Hash(new string('x', 72), 4);
        Assert.True(Bcrypt.Verify(new string('x', 100), hash));
        Assert.False(Bcrypt.Verify(new string('x', 71), hash));
    }

    [Theory]
    [InlineData("$2y$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe!")]
    public void Hash_ThatIsNone_FitsNothing(string hash) => Assert.False(Bcrypt.IsHash(hash));
}
