namespace Gdn.Harness.Kernels.Bounds;

/// <summary>
/// Expected values in blocks of equal size, and a bound on the Euclidean norm of each block's error: a block is the
/// output of one token and head, or the state of one head.
/// </summary>
/// <param name="Values">Block after block.</param>
/// <param name="Bounds">One for each block.</param>
public sealed record Expected(double[] Values, double[] Bounds)
{
    /// <summary>Elements of a block.</summary>
    public int BlockLength => Bounds.Length == 0 ? 0 : Values.Length / Bounds.Length;

    /// <summary>Norm of a block.</summary>
    public double Norm(int block)
    {
        double sum = 0;
        foreach (double value in Values.AsSpan(block * BlockLength, BlockLength)) sum += value * value;
        return Math.Sqrt(sum);
    }

    /// <summary>Norm of a block's error, and the index of its worst element.</summary>
    public (double Norm, int Worst) Error(ReadOnlySpan<float> actual, int block)
    {
        (double sum, double largest, int worst) = (0, -1, 0);
        for (int i = block * BlockLength; i < (block + 1) * BlockLength; i++)
        {
            double error = Math.Abs(actual[i] - Values[i]);
            sum += error * error;
            if (error > largest) (largest, worst) = (error, i);
        }

        return (Math.Sqrt(sum), worst);
    }
}
