namespace Wharf.Primitives.Tests.Identity;

public sealed class SecureRandomTests
{
    [Fact]
    public void Fill_Twice_GivesOtherBytes()
    {
        byte[] first = new byte[300], second = new byte[300];
        SecureRandom.Fill(first);
        SecureRandom.Fill(second);
        Assert.NotEqual(first, second);
        Assert.Contains(first[256..], b => b != 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public void Below_StaysBelow(int limit)
    {
        for (int i = 0; i < 1000; i++)
        {
            Assert.InRange(SecureRandom.Below(limit), 0, limit - 1);
        }
    }

    [Fact]
    public void Below_SmallLimit_ComesToEveryNumber()
    {
        var seen = new HashSet<int>();
        for (int i = 0; i < 1000; i++)
        {
            seen.Add(SecureRandom.Below(3));
        }

        Assert.Equal([0, 1, 2], seen.Order());
    }

    [Fact]
    public void HexAndText_HaveTheLengthAndAlphabet()
    {
        Assert.Matches("^[0-9a-f]{7}$", SecureRandom.Hex(7));
        Assert.Matches("^[AB]{26}$", SecureRandom.Text("AB", 26));
    }
}
