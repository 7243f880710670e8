namespace Gdn.Harness.Kernels.Cases;

/// <summary>Keys and queries of one key head, token after token, related to each other as the regime says.</summary>
internal sealed class KeyGenerator
{
    private readonly InputRegime _regime;
    private readonly SeededRandom _random;
    private readonly double[] _base;
    private int _token;

    public KeyGenerator(InputRegime regime, int keyDim, SeededRandom random)
    {
        (_regime, _random) = (regime, random);
        _base = new double[keyDim];
        DrawUnit(_base);
    }

    /// <summary>The next token's key and query, both of unit length.</summary>
    public void Next(Span<float> key, Span<float> query)
    {
        var unit = new double[_base.Length];
        switch (_regime)
        {
            case InputRegime.IdenticalKeys:
                _base.CopyTo(unit, 0);
                break;
            case InputRegime.OppositeKeys:
                double sign = _random.Next(2) == 0 ? 1 : -1;
                for (int i = 0; i < unit.Length; i++) unit[i] = sign * _base[i];
                break;
            case InputRegime.ClusteredKeys:
                DrawUnit(unit);
                for (int i = 0; i < unit.Length; i++) unit[i] = _base[i] + 0.1 * unit[i];
                Normalise(unit);
                break;
            case InputRegime.OrthogonalKeys:
                // Column t mod K of the reflection I - 2 w w^T.
                int column = _token % unit.Length;
                for (int i = 0; i < unit.Length; i++) unit[i] = (i == column ? 1 : 0) - 2 * _base[i] * _base[column];
                break;
            default:
                DrawUnit(unit);
                break;
        }

        Store(unit, key);
        // Half of the queries read what has just been written, half for anything.
        if (_random.Next(2) == 0) DrawUnit(unit);
        Store(unit, query);
        _token++;
    }

    private void DrawUnit(double[] x)
    {
        for (int i = 0; i < x.Length; i++) x[i] = _random.NextGaussian();
        Normalise(x);
    }

    private static void Normalise(double[] x)
    {
        double norm = Math.Sqrt(x.Sum(entry => entry * entry));
        for (int i = 0; i < x.Length; i++) x[i] /= norm;
    }

    private static void Store(double[] source, Span<float> target)
    {
        for (int i = 0; i < source.Length; i++) target[i] = (float)source[i];
    }
}
