using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Reference.State;

public class KeyValueCacheTests
{
    [Fact]
    public void Rollback_AnyAmount_DropsTheNewestTokens()
    {
        KeyValueCache<double> cache = Filled(5);
        cache.Rollback(0);
        cache.Rollback(2);
        AssertTokens(cache, 0, 1, 2);

        cache.Append([90, 91], [92, 93, 94]);
        Assert.Equal([20, 21, 90, 91], cache.Keys[4..].ToArray());
        Assert.Equal([22, 23, 24, 92, 93, 94], cache.Values[6..].ToArray());

        cache.Rollback(4);
        AssertTokens(cache);
    }

    [Fact]
    public void Copy_HoldsTheSame_AndSharesNothing()
    {
        KeyValueCache<double> cache = Filled(3);
        var copy = (KeyValueCache<double>)cache.Copy();
        cache.Rollback(1);
        cache.Append([90, 91], [92, 93, 94]);
        AssertTokens(copy, 0, 1, 2);

        copy.Clear();
        AssertTokens(copy);
        Assert.Equal(6, cache.Keys.Length);
    }

    // Token n has keys 10n, 10n + 1 and values 10n + 2 .. 10n + 4.
    private static KeyValueCache<double> Filled(int tokens)
    {
        var cache = new KeyValueCache<double>(2, 3);
        for (int n = 0; n < 10 * tokens; n += 10) cache.Append([n, n + 1], [n + 2, n + 3, n + 4]);
        return cache;
    }

    private static void AssertTokens(KeyValueCache<double> cache, params int[] tokens)
    {
        Assert.Equal(tokens.SelectMany(n => new double[] { 10 * n, 10 * n + 1 }), cache.Keys.ToArray());
        Assert.Equal(tokens.SelectMany(n => new double[] { 10 * n + 2, 10 * n + 3, 10 * n + 4 }), cache.Values.ToArray());
    }
}
