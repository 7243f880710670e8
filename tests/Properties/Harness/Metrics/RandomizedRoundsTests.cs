using Gdn.Harness;
using Gdn.Harness.Metrics;
using Gdn.Properties.Support;
using Gdn.Reference.Kernels;
using Xunit;

namespace Gdn.Properties.Harness.Metrics;

// It waits for the process to be at rest, which beside other tests it never is.
[Collection(Alone.Name)]
public class RandomizedRoundsTests
{
    // Which piece of work ran when, without immediate repetitions.
    private readonly List<int> _order = [];

    private int _alive;

    private Func<ITimedWork> Work(int index) => () => new Piece(this, index);

    private sealed class Piece : ITimedWork
    {
        private readonly RandomizedRoundsTests _test;
        private readonly int _index;

        public Piece(RandomizedRoundsTests test, int index)
        {
            (_test, _index) = (test, index);
            Assert.Equal(1, ++test._alive);
        }

        public void Run()
        {
            if (_test._order.Count == 0 || _test._order[^1] != _index) _test._order.Add(_index);
        }

        public void Dispose() => _test._alive--;
    }

    [Fact]
    public void Run_EveryPieceOnceARoundInRandomOrder()
    {
        const int rounds = 40, pieces = 3;
        var timing = new RandomizedRounds([.. Enumerable.Range(0, pieces).Select(Work)], TimeSpan.Zero);
        _order.Clear();
        int steps = 0;
        var orders = new List<string>();

        double[][] samples = timing.Run(
            rounds, new SeededRandom(2),
            () =>
            {
                steps++;
                orders.Add(string.Join(' ', _order));
                _order.Clear();
            },
            CancellationToken.None);

        Assert.Equal(rounds + 1, steps);
        Assert.All(samples, sample => Assert.Equal(rounds, sample.Length));
        Assert.All(samples.SelectMany(sample => sample), seconds => Assert.True(seconds >= 0));
        Assert.All(orders, order => Assert.Equal("0 1 2", string.Join(' ', order.Split(' ').Order())));
        Assert.Equal(6, orders.Distinct().Count());
        Assert.Equal(0, _alive);
    }

    [Fact]
    public void Run_Cancelled_KeepsWhatWasDone()
    {
        using var source = new CancellationTokenSource();
        int steps = 0;
        double[][] samples = new RandomizedRounds([Work(0), Work(1)], TimeSpan.Zero).Run(
            100, new SeededRandom(1),
            () =>
            {
                if (++steps == 4) source.Cancel();
            },
            source.Token);
        Assert.All(samples, sample => Assert.Equal(3, sample.Length));
    }
}
